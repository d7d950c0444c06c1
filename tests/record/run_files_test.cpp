// The tables of a run while it goes on, and after an earlier start.
#include "dropsweep/record/run_files.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/record/occupancy.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using namespace std::chrono_literals;

constexpr sweep::Group kFirst{0, 2};
constexpr sweep::Group kSecond{2, 1};

train::EpochRecord epoch_record(std::uint32_t epoch, double loss) {
    return {.epoch = epoch,
            .training = {loss, 0.5},
            .validation = {loss / 2, 0.75},
            .training_seconds = 0.25,
            .validation_seconds = 0.125};
}

sweep::TrialOutcome completed(const sweep::Span& span) {
    sweep::TrialOutcome outcome;
    outcome.result = {.status = train::Status::completed,
                      .epochs = 2,
                      .best_epoch = 1,
                      .best_val_loss = 0.1,
                      .validation = {0.1, 0.75},
                      .test = {1.0 / 3, 0.5},
                      .weights_sha256 = {0xab, 0x01}};
    outcome.span = span;
    return outcome;
}

sweep::TrialOutcome diverged(const sweep::Span& span) {
    sweep::TrialOutcome outcome;
    outcome.result.status = train::Status::diverged;
    outcome.result.epochs = 1;
    outcome.result.best_val_loss = std::numeric_limits<double>::infinity();
    outcome.result.weights_sha256 = {0xff};
    outcome.span = span;
    return outcome;
}

constexpr const char* kHistory =
    "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy\n"
    "p0-s1,0,1,0,0.4,0.5,0.2,0.75\n"
    "p0-s1,0,1,1,0.2,0.5,0.1,0.75\n"
    "p0.5-s1,0.5,1,0,nan,nan,nan,nan\n";

constexpr const char* kSummary =
    "trial,dropout,seed,status,epochs,best_epoch,best_val_loss,val_loss,val_accuracy,test_loss,test_accuracy,"
    "weights_sha256\n"
    "p0-s1,0,1,completed,2,1,0.1,0.1,0.75,0.3333333333333333,0.5,"
    "ab01000000000000000000000000000000000000000000000000000000000000\n"
    "p0.5-s1,0.5,1,diverged,1,0,nan,nan,nan,nan,nan,\n";

constexpr const char* kTiming =
    "event,trial,epoch,first_rank,ranks,start_seconds,seconds,training_seconds,images_per_second\n"
    "epoch,p0-s1,0,0,2,0.500000,0.375000,0.250000,400.0\n"
    "epoch,p0-s1,1,0,2,0.875000,0.375000,0.250000,400.0\n"
    "trial,p0-s1,,0,2,0.500000,1.000000,,\n"
    "epoch,p0.5-s1,0,2,1,0.250000,0.500000,0.250000,400.0\n"
    "trial,p0.5-s1,,2,1,0.250000,0.750000,,\n"
    "idle,,,0,1,,0.500000,,\n"
    "idle,,,1,1,,0.500000,,\n"
    "idle,,,2,1,,0.750000,,\n"
    "sweep,,,0,3,0.000000,1.500000,,\n";

class RunFilesTest : public testing::Test {
  protected:
    std::string content(const char* name) const { return system::read_file(directory_.path() / name); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
            all.push_back(entry.path().filename());
        }
        return all;
    }
    void first_ends() {
        files_.on_join(0, kFirst, 0.5);
        files_.on_epoch(0, epoch_record(0, 0.4), {kFirst, 0.5, 0.375});
        files_.on_epoch(0, epoch_record(1, 0.2), {kFirst, 0.875, 0.375});
        files_.on_outcome(0, completed({kFirst, 0.5, 1}));
    }
    void second_ends() {
        train::EpochRecord record = epoch_record(0, 0);
        record.training = record.validation = {};
        files_.on_join(1, kSecond, 0.25);
        files_.on_epoch(1, record, {kSecond, 0.25, 0.5});
        files_.on_outcome(1, diverged({kSecond, 0.25, 0.75}));
    }

    TemporaryDirectory directory_;
    std::vector<sweep::Trial> trials_ = sweep::make_trials(sweep::parse_dropout_list("0,0.5"), {1});
    std::chrono::steady_clock::time_point now_{};  ///< stands still, so that a file is written whenever there is news
    system::Clock clock_ = [this] { return now_; };
    RunFiles files_{directory_.path(), trials_, 100, {}, {}, clock_};
};

TEST_F(RunFilesTest, HeadersAreThereFromTheStart) {
    files_.on_idle();
    EXPECT_EQ(content("history.csv"), "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy\n");
    EXPECT_EQ(content("summary.csv"), std::string(kSummary).substr(0, std::string(kSummary).find('\n') + 1));
    EXPECT_EQ(content("timing.csv"), std::string(kTiming).substr(0, std::string(kTiming).find('\n') + 1));
}

TEST_F(RunFilesTest, RowsAreInTheOrderOfTheTrialsWhoeverEndsFirst) {
    second_ends();
    files_.on_idle();
    first_ends();
    files_.on_end(1.5, 3, 0);
    EXPECT_EQ(content("history.csv"), kHistory);
    EXPECT_EQ(content("summary.csv"), kSummary);
    EXPECT_EQ(content("timing.csv"), kTiming);
    EXPECT_THAT(names(), testing::UnorderedElementsAre("history.csv", "summary.csv", "timing.csv", "checksums.txt"));
}

/// As by sha256sum of the texts above.
TEST_F(RunFilesTest, ChecksumsAreThereWhileNobodyWrites) {
    second_ends();
    first_ends();
    files_.on_idle();
    EXPECT_FALSE(std::filesystem::exists(directory_ / "checksums.txt"));
    files_.on_end(1.5, 3, 0);
    EXPECT_EQ(content("checksums.txt"),
              "1b5939f2411d685471a834c07cd4009a818c51204d7819a2d1441dbd38fb7be7  history.csv\n"
              "ec755502ce561d0eedfec6fea200331a3e53f5a11f257bac5a535c4c4338a5ae  summary.csv\n"
              "ab1841110a0a9191d8d94d227f91ae84d122848cf519ab87099ce7072436b1e0  timing.csv\n");
    RunFiles second(directory_.path(), trials_, 100);
    EXPECT_TRUE(std::filesystem::exists(directory_ / "checksums.txt"));
    second.on_idle();
    EXPECT_FALSE(std::filesystem::exists(directory_ / "checksums.txt"));
}

TEST_F(RunFilesTest, EpochsOfARunningTrialAreInTheHistoryAlone) {
    files_.on_epoch(1, epoch_record(0, 0.5), {kSecond, 0, 1});
    files_.on_idle();
    EXPECT_THAT(content("history.csv"), testing::EndsWith("\np0.5-s1,0.5,1,0,0.5,0.5,0.25,0.75\n"));
    EXPECT_THAT(content("summary.csv"), testing::EndsWith("weights_sha256\n"));
    EXPECT_FALSE(files_.trials()[1].result.has_value());
}

TEST_F(RunFilesTest, GoesOnWithWhatAnEarlierStartHasLeft) {
    // The first start ended trial 0 and was killed in epoch 1 of trial 1, which goes on from the end of epoch 0.
    first_ends();
    files_.on_join(1, kSecond, 0.25);
    files_.on_epoch(1, epoch_record(0, 0.5), {kSecond, 0.25, 0.5});
    files_.on_epoch(1, epoch_record(1, 0.4), {kSecond, 0.75, 0.5});
    files_.on_idle();
    RunRecord earlier;
    earlier.trials = read_trials(directory_.path() / "history.csv", directory_.path() / "summary.csv");
    earlier.timing = read_timing(directory_.path() / "timing.csv");
    std::set<std::string> recorded;
    RunFiles second(directory_.path(), trials_, 100, earlier,
                    [&](const std::set<std::string>& trials) { recorded = trials; });
    second.on_join(1, {0, 1}, 0);
    second.on_resume(1, {epoch_record(0, 0.5)});
    second.on_idle();
    EXPECT_THAT(content("history.csv"), testing::EndsWith("\np0-s1,0,1,1,0.2,0.5,0.1,0.75\n"
                                                          "p0.5-s1,0.5,1,0,0.5,0.5,0.25,0.75\n"));
    EXPECT_THAT(recorded, testing::ElementsAre("p0-s1"));
    second.on_epoch(1, epoch_record(1, 0.4), {{0, 1}, 0.125, 0.5});
    second.on_outcome(1, completed({{0, 1}, 0, 1}));
    second.on_end(1.25, 1, 0);
    EXPECT_THAT(recorded, testing::ElementsAre("p0.5-s1"));
    EXPECT_THAT(content("summary.csv"), testing::HasSubstr("\np0.5-s1,0.5,1,completed,2,"));
    // The clock goes on where the earlier start's last row ended, at 1.5; the part that
    // was lost with its process lasts to its last epoch.
    EXPECT_EQ(content("timing.csv"),
              "event,trial,epoch,first_rank,ranks,start_seconds,seconds,training_seconds,images_per_second\n"
              "epoch,p0-s1,0,0,2,0.500000,0.375000,0.250000,400.0\n"
              "epoch,p0-s1,1,0,2,0.875000,0.375000,0.250000,400.0\n"
              "trial,p0-s1,,0,2,0.500000,1.000000,,\n"
              "epoch,p0.5-s1,0,2,1,0.250000,0.500000,0.250000,400.0\n"
              "trial,p0.5-s1,,2,1,0.250000,1.000000,,\n"
              "epoch,p0.5-s1,1,0,1,1.625000,0.500000,0.250000,400.0\n"
              "trial,p0.5-s1,,0,1,1.500000,1.000000,,\n"
              "idle,,,0,1,,0.750000,,\n"
              "idle,,,1,1,,1.750000,,\n"
              "idle,,,2,1,,1.750000,,\n"
              "sweep,,,0,3,0.000000,2.750000,,\n");
}

TEST_F(RunFilesTest, GoesOnWithAsManyTrialsAsThereMayBe) {
    std::vector<std::uint64_t> seeds(10'000);
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    const std::vector<sweep::Trial> trials = sweep::make_trials(sweep::parse_dropout_list("0:0.9:0.1"), seeds);
    RunRecord earlier;
    for (const sweep::Trial& trial : trials) {
        earlier.trials.push_back({trial, {epoch_record(0, 0.5)}, diverged({}).result});
        earlier.timing.emplace_back().trial = trial.id();
    }
    const RunFiles files(directory_.path(), trials, 100, earlier);
    EXPECT_TRUE(files.trials().back().result.has_value());
    EXPECT_EQ(files.trials().back().trial.id(), "p0.9-s10000");
}

TEST_F(RunFilesTest, WhatWasExpectedStandsBesideWhatCame) {
    files_.expect({.seconds = 1.25, .busy_share = 0.5, .trials = {{0, 1}, {0.25, 1.25}}}, 3);
    first_ends();
    files_.on_idle();
    RunRecord earlier;
    earlier.trials = read_trials(directory_.path() / "history.csv", directory_.path() / "summary.csv");
    earlier.timing = read_timing(directory_.path() / "timing.csv");
    RunFiles second(directory_.path(), trials_, 100, earlier);
    second.on_join(1, {0, 1}, 0);
    second.on_outcome(1, completed({{0, 1}, 0, 1}));
    second.on_end(1, 1, 0);
    // The first start's last row ended at 1.5, whatever was expected.
    EXPECT_THAT(content("timing.csv"), testing::EndsWith("\nprediction,,,0,3,0.000000,1.250000,,\n"
                                                         "prediction,p0-s1,,0,3,0.000000,1.000000,,\n"
                                                         "epoch,p0-s1,0,0,2,0.500000,0.375000,0.250000,400.0\n"
                                                         "epoch,p0-s1,1,0,2,0.875000,0.375000,0.250000,400.0\n"
                                                         "trial,p0-s1,,0,2,0.500000,1.000000,,\n"
                                                         "prediction,p0.5-s1,,0,3,0.250000,1.000000,,\n"
                                                         "trial,p0.5-s1,,0,1,1.500000,1.000000,,\n"
                                                         "idle,,,0,1,,0.500000,,\n"
                                                         "idle,,,1,1,,1.500000,,\n"
                                                         "sweep,,,0,2,0.000000,2.500000,,\n"));
    const Occupancy occupancy = occupancy_of(read_timing(directory_.path() / "timing.csv"));
    EXPECT_EQ(occupancy.ranks, 2);
    EXPECT_EQ(occupancy.spans.size(), 2u);
}

TEST_F(RunFilesTest, WhoJoinsLateHasARowOfItsOwn) {
    // Rank 0 begins, ranks 2 and 3 join after the first epoch.
    files_.on_join(0, {0, 1}, 0);
    files_.on_epoch(0, epoch_record(0, 0.4), {{0, 1}, 0, 1});
    files_.on_join(0, {2, 2}, 1);
    files_.on_idle();
    EXPECT_THAT(content("timing.csv"), testing::EndsWith("trial,p0-s1,,0,1,0.000000,1.000000,,\n"));
    files_.on_epoch(0, epoch_record(1, 0.2), {{0, 3}, 1, 0.375});
    files_.on_outcome(0, completed({{0, 3}, 0, 1.5}));
    files_.on_end(2, 0, 0);
    EXPECT_THAT(content("timing.csv"), testing::EndsWith("epoch,p0-s1,0,0,1,0.000000,1.000000,0.250000,400.0\n"
                                                         "epoch,p0-s1,1,0,3,1.000000,0.375000,0.250000,400.0\n"
                                                         "trial,p0-s1,,0,1,0.000000,1.500000,,\n"
                                                         "trial,p0-s1,,2,2,1.000000,0.500000,,\n"
                                                         "idle,,,0,1,,0.500000,,\n"
                                                         "idle,,,1,1,,2.000000,,\n"
                                                         "idle,,,2,1,,1.500000,,\n"
                                                         "idle,,,3,1,,1.500000,,\n"
                                                         "sweep,,,0,4,0.000000,2.000000,,\n"));
}

TEST_F(RunFilesTest, AnEpochOfRanksThatAreNotNeighboursDoesNotMakeMoreOfThem) {
    files_.on_join(0, {3, 1}, 0);
    files_.on_join(0, {0, 1}, 0.5);
    files_.on_epoch(0, epoch_record(0, 0.4), {{3, 2}, 0, 1});
    files_.on_outcome(0, completed({{3, 2}, 0, 1}));
    files_.on_end(1, 4, 0);
    EXPECT_THAT(content("timing.csv"), testing::EndsWith("idle,,,3,1,,0.000000,,\nsweep,,,0,4,0.000000,1.000000,,\n"));
    const Occupancy occupancy = occupancy_of(read_timing(directory_.path() / "timing.csv"));
    EXPECT_EQ(occupancy.ranks, 4);
    EXPECT_DOUBLE_EQ(occupancy.idle_share, 2.5 / 4);
}

TEST_F(RunFilesTest, ATrialThatStartsOverForgetsItsEpochs) {
    files_.on_epoch(1, epoch_record(0, 0.5), {kSecond, 0, 1});
    files_.on_epoch(1, epoch_record(1, 0.4), {kSecond, 1, 1});
    files_.on_epoch(1, epoch_record(0, 0.25), {kFirst, 2, 1});
    files_.on_idle();
    EXPECT_THAT(content("history.csv"), testing::EndsWith("val_accuracy\np0.5-s1,0.5,1,0,0.25,0.5,0.125,0.75\n"));
}

TEST_F(RunFilesTest, ReaderKeepsAWholeFileWhileItIsRewritten) {
    files_.on_idle();
    std::ifstream old_file(directory_.path() / "history.csv");
    const std::string old_content = content("history.csv");
    first_ends();
    second_ends();
    files_.on_end(1, 3, 0);
    // The new file took the old one's name; whoever had opened the old one still reads all of it.
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(old_file), {}), old_content);
    EXPECT_EQ(content("history.csv"), kHistory);
}

TEST_F(RunFilesTest, WritingTakesATwentiethOfTheTimeAtMost) {
    RunFiles slow(
        directory_.path(), trials_, 100, {}, [this](const std::set<std::string>&) { now_ += 10ms; }, clock_);
    slow.on_outcome(0, completed({kFirst, 0.5, 1}));
    slow.on_idle();
    slow.on_outcome(1, diverged({kSecond, 0.25, 0.75}));
    const std::string before = content("summary.csv");
    EXPECT_THAT(before, testing::HasSubstr("\np0-s1,"));
    now_ += 199ms;
    slow.on_idle();
    EXPECT_EQ(content("summary.csv"), before);
    now_ += 1ms;
    slow.on_idle();
    EXPECT_EQ(content("summary.csv"), kSummary);
}

TEST_F(RunFilesTest, NothingIsWrittenWithoutNews) {
    files_.on_idle();
    std::filesystem::remove(directory_.path() / "history.csv");
    files_.on_idle();
    EXPECT_THAT(names(), testing::UnorderedElementsAre("summary.csv", "timing.csv"));
}

TEST_F(RunFilesTest, ReasonsOfFailedTrialsAreKept) {
    sweep::TrialOutcome failed;
    failed.message = "ranks differ";
    files_.on_outcome(1, failed);
    first_ends();
    EXPECT_THAT(files_.reasons(), testing::ElementsAre(testing::Pair("p0.5-s1", "ranks differ")));
}

TEST_F(RunFilesTest, TablesAreReadBackAsTheyWere) {
    second_ends();
    first_ends();
    files_.on_end(1.5, 3, 0);
    const auto path = [this](const char* name) { return directory_.path() / name; };
    const std::vector<TrialRecord> trials = read_trials(path("history.csv"), path("summary.csv"));
    EXPECT_EQ(history_csv(trials), kHistory);
    EXPECT_EQ(summary_csv(trials), kSummary);
    EXPECT_EQ(timing_csv(read_timing(path("timing.csv"))), kTiming);
}

TEST_F(RunFilesTest, VanishedDirectoryIsAnIoErrorThatNamesTheFile) {
    files_.on_idle();
    std::filesystem::remove_all(directory_.path());
    first_ends();
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { files_.on_end(1, 3, 0); }),
                testing::HasSubstr("history.csv: No such file or directory; "));
}

}  // namespace
}  // namespace dropsweep::record
