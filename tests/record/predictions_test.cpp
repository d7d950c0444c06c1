// What the models of a run say of the test set, kept for reports.
#include "dropsweep/record/predictions.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"
#include "dropsweep/system/npz.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class PredictionsTest : public testing::Test {
  protected:
    PredictionsTest() { std::filesystem::create_directories(run_ / "models"); }

    /// A trial that got so many of the three samples right.
    static TrialRecord trial(const std::string& dropout, std::uint64_t seed, double correct) {
        train::TrialResult result;
        result.status = train::Status::completed;
        result.test.accuracy = correct / 3;
        return {{sweep::DropoutSetting::parse(dropout), seed}, {}, result};
    }
    void keep(const std::string& id, const std::vector<std::uint8_t>& predicted) const {
        keep_predictions(run_, id, predicted);
    }
    void collect() const { collect_predictions(run_, record_.trials, std::vector<std::uint8_t>{7, 0, 255}); }

    TemporaryDirectory directory_;
    std::filesystem::path run_ = directory_ / "run";
    std::filesystem::path file_ = run_ / "predictions.npz";
    RunRecord record_ = {
        .directories = {run_},
        .config = {},
        .manifests = {},
        .trials = {trial("0", 1, 1), trial("0.5", 1, 1), {{sweep::DropoutSetting::parse("0.5"), 2}, {}, std::nullopt}},
        .timing = {}};
};

TEST_F(PredictionsTest, WhatWasKeptOfTheTrialsIsRead) {
    keep("p0.5-s1", {1, 2, 255});
    keep("p0-s1", {7, 7, 7});
    keep("p0.5-s2", {0, 0, 0});  // has not ended
    keep("p0.9-s1", {0, 0, 0});  // is none of the run
    keep("p0.5-s3", {0, 0, 0});  // has diverged
    record_.trials.push_back(trial("0.5", 3, 0));
    record_.trials.back().result->status = train::Status::diverged;
    collect();
    const TestPredictions predictions = read_predictions(record_);
    EXPECT_THAT(predictions.labels, ElementsAre(7, 0, 255));
    EXPECT_THAT(predictions.trials,
                ElementsAre(Pair("p0-s1", ElementsAre(7, 7, 7)), Pair("p0.5-s1", ElementsAre(1, 2, 255))));
}

TEST_F(PredictionsTest, WhatIsThereIsNotWrittenAgain) {
    keep("p0-s1", {7, 7, 7});
    collect();
    const std::filesystem::file_time_type before{std::chrono::seconds(1)};
    std::filesystem::last_write_time(file_, before);
    collect();
    EXPECT_EQ(std::filesystem::last_write_time(file_), before);
    keep("p0-s1", {7, 7, 6});
    collect();
    EXPECT_NE(std::filesystem::last_write_time(file_), before);
    system::write_file_atomically(file_, "damaged");
    collect();
    EXPECT_EQ(read_predictions(record_).trials.size(), 1U);
}

TEST_F(PredictionsTest, OfPartsAreThoseOfAll) {
    keep("p0-s1", {7, 7, 7});
    collect();
    record_.directories = {run_, run_ / "other", run_ / "without"};
    std::filesystem::create_directory(run_ / "other");
    write_predictions({{7, 0, 255}, {{"p0.5-s1", {1, 0, 3}}}}, record_.trials, run_ / "other");
    EXPECT_EQ(read_predictions(record_).trials.size(), 2U);
    write_predictions({{7, 0, 254}, {{"p0.5-s1", {1, 0, 3}}}}, record_.trials, run_ / "other");
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_predictions(record_); }),
                HasSubstr("its labels are not those of"));
}

TEST_F(PredictionsTest, WhereNothingWasKeptThereIsNoFile) {
    collect();
    EXPECT_FALSE(std::filesystem::exists(file_));
    EXPECT_TRUE(read_predictions(record_).trials.empty());
}

TEST_F(PredictionsTest, WhatIsDamagedIsRefused) {
    const auto refusal = [&](const TestPredictions& predictions) {
        write_predictions(predictions, record_.trials, run_);
        return error_of(ExitCode::bad_data, [&] { read_predictions(record_); });
    };
    EXPECT_EQ(refusal({{7, 0}, {{"p0-s1", {7, 0, 0}}}}),
              file_.string() +
                  ": p0-s1: not a class of each sample; restore it as dropsweep wrote it, or remove it: a "
                  "run that goes on makes it again");
    EXPECT_THAT(refusal({{7, 0, 255}, {{"p0-s1", {7, 0, 0}}}}),
                HasSubstr("predictions.npz: 2 of 3 classes of p0-s1 are right, which is not its test_accuracy"));
    system::write_file_atomically(file_, "no archive");
    EXPECT_THAT(
        error_of(ExitCode::bad_data, [&] { read_predictions(record_); }),
        testing::AllOf(HasSubstr("no archive of arrays"), HasSubstr("or remove it"), testing::Not(HasSubstr("savez"))));
    system::NpzWriter floats(file_);
    floats.add<float>("labels", {3}, std::vector<float>{1, 2, 3});
    floats.write();
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_predictions(record_); }),
                HasSubstr("labels: float32 of shape (3,)"));
}

TEST_F(PredictionsTest, WhatWasKeptAndIsDamagedIsRefused) {
    keep("p0-s1", {7, 7});
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { collect(); }),
                HasSubstr("p0-s1.npy: it is not what dropsweep wrote"));
    keep("p0-s1", {7, 7, 7});
    const std::filesystem::path kept = run_ / "models" / "p0-s1.npy";
    const std::string content = system::read_file(kept);
    for (const std::size_t size : {std::size_t{0}, std::size_t{11}, std::size_t{40}, content.size() - 1}) {
        system::write_file_atomically(kept, content.substr(0, size));
        EXPECT_THAT(error_of(ExitCode::bad_data, [&] { collect(); }),
                    HasSubstr("p0-s1.npy: it is not what dropsweep wrote"))
            << size;
    }
    EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace dropsweep::record
