#include "dropsweep/record/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

template <class Work>
std::string refusal_of(Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::bad_data);
        return error.what();
    }
    return "";
}

class PredictionsTest : public testing::Test {
  protected:
    PredictionsTest() { std::filesystem::create_directories(run_ / "models"); }

    void keep(const std::string& trial, const std::vector<std::uint8_t>& predicted) const {
        keep_predictions(run_, trial, predicted);
    }
    void collect() const { collect_predictions(run_, trials_, std::vector<std::uint8_t>{7, 0, 255}); }

    TemporaryDirectory directory_;
    std::filesystem::path run_ = directory_ / "run";
    std::vector<TrialRecord> trials_ = {{{sweep::DropoutSetting::parse("0"), 1}, {}, train::TrialResult()},
                                        {{sweep::DropoutSetting::parse("0.5"), 1}, {}, train::TrialResult()},
                                        {{sweep::DropoutSetting::parse("0.5"), 2}, {}, std::nullopt}};
};

TEST_F(PredictionsTest, WhatWasKeptOfTheTrialsIsRead) {
    keep("p0.5-s1", {1, 2, 255});
    keep("p0-s1", {7, 7, 7});
    keep("p0.5-s2", {0, 0, 0});  // has not ended
    keep("p0.9-s1", {0, 0, 0});  // is none of the run
    collect();
    const TestPredictions predictions = read_predictions({run_});
    EXPECT_THAT(predictions.labels, ElementsAre(7, 0, 255));
    EXPECT_THAT(predictions.trials,
                ElementsAre(Pair("p0-s1", ElementsAre(7, 7, 7)), Pair("p0.5-s1", ElementsAre(1, 2, 255))));
    const std::string once = core::read_file(run_ / "predictions.npz");
    collect();
    EXPECT_EQ(core::read_file(run_ / "predictions.npz"), once);
}

TEST_F(PredictionsTest, OfPartsAreThoseOfAll) {
    keep("p0-s1", {7, 7, 7});
    collect();
    const std::filesystem::path other = run_ / "other";
    std::filesystem::create_directory(other);
    write_predictions({{7, 0, 255}, {{"p0.5-s1", {1, 2, 3}}}}, trials_, other);
    EXPECT_EQ(read_predictions({run_, other, run_ / "without"}).trials.size(), 2U);
    write_predictions({{7, 0, 254}, {{"p0.5-s1", {1, 2, 3}}}}, trials_, other);
    EXPECT_THAT(refusal_of([&] { read_predictions({run_, other}); }), HasSubstr("its labels are not those of"));
}

TEST_F(PredictionsTest, WhereNothingWasKeptThereIsNoFile) {
    collect();
    EXPECT_FALSE(std::filesystem::exists(run_ / "predictions.npz"));
    EXPECT_TRUE(read_predictions({run_}).trials.empty());
}

TEST_F(PredictionsTest, WhatIsDamagedIsRefused) {
    keep("p0-s1", {7, 7});
    collect();
    EXPECT_THAT(refusal_of([&] { read_predictions({run_}); }),
                HasSubstr("predictions.npz: p0-s1: 2 classes for 3 test samples"));
    core::write_file_atomically(run_ / "predictions.npz", "no archive");
    EXPECT_THAT(refusal_of([&] { read_predictions({run_}); }), HasSubstr("no archive of arrays"));
    const std::filesystem::path kept = run_ / "models" / "p0-s1.npy";
    const std::string content = core::read_file(kept);
    for (const std::size_t size : {std::size_t{0}, std::size_t{11}, std::size_t{40}, content.size() - 1}) {
        core::write_file_atomically(kept, content.substr(0, size));
        EXPECT_THAT(refusal_of([&] { collect(); }), HasSubstr("p0-s1.npy: it is not what dropsweep wrote")) << size;
    }
}

}  // namespace
}  // namespace dropsweep::record
