// A run directory is read, refused or merged with others.
#include "dropsweep/record/run_record.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/record/occupancy.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* kManifest = R"({"program": {"name": "dropsweep"}, "started": "20260131T235959Z",
    "precision": "fp32", "mpi": "some", "plan": {"ranks": 2}, "data": {"sha256": "abc"}})";

/// The files of a run of one trial that took `seconds` on two ranks.
struct RunFilesOnDisk {
    std::string dropout = "0";
    std::string seed = "1";
    std::string started = "20260131T235959Z";
    std::string config = "data = /some/where\nleaf-rows = 2\n";
    std::string manifest = kManifest;
    double seconds = 4;

    std::string id() const { return "p" + dropout + "-s" + seed; }
    std::string trial() const { return id() + "," + dropout + "," + seed; }
    void write(const std::filesystem::path& directory) const {
        std::filesystem::create_directory(directory);
        const auto file = [&](const char* name, const std::string& text) {
            system::write_file_atomically(directory / name, text);
        };
        std::string own_manifest = manifest;
        if (const auto at = own_manifest.find("20260131T235959Z"); at != std::string::npos) {
            own_manifest.replace(at, started.size(), started);
        }
        file("manifest.json", own_manifest);
        file("config.ini", "# dropsweep sweep\n" + config + "dropout = " + dropout + "\nseed = " + seed + "\n");
        file("history.csv",
             "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy\n" + trial() + ",0,0.4,0.5,0.2,0.75\n");
        file("summary.csv",
             "trial,dropout,seed,status,epochs,best_epoch,best_val_loss,val_loss,val_accuracy,test_loss,test_accuracy,"
             "weights_sha256\n" +
                 trial() + ",completed,1,0,0.2,0.2,0.75,0.3,0.5," + std::string(64, 'a') + "\n");
        file("timing.csv",
             "event,trial,epoch,first_rank,ranks,start_seconds,seconds,training_seconds,images_per_second\n"
             "trial," +
                 id() + ",,0,2,0.500000," + std::to_string(seconds) +
                 ",,\nidle,,,0,1,,1.000000,,\nidle,,,1,1,,1.000000,,\n" + "sweep,,,0,2,0.000000," +
                 std::to_string(seconds + 1) + ",,\n");
    }
};

class RunRecordTest : public testing::Test {
  protected:
    RunRecord read(const std::string& name, const RunFilesOnDisk& run) const {
        run.write(directory_.path() / name);
        return read_run(directory_.path() / name);
    }
    /// Reading the run after `file` was replaced.
    std::string refusal(const char* file, const std::string& content, ExitCode code) const {
        RunFilesOnDisk().write(directory_.path() / "run");
        system::write_file_atomically(directory_.path() / "run" / file, content);
        const std::string message = error_of(code, [&] { read_run(directory_.path() / "run"); });
        EXPECT_THAT(message, AllOf(HasSubstr(file), HasSubstr("; "))) << content;
        return message;
    }
    std::string merge_refusal(const RunFilesOnDisk& first, const RunFilesOnDisk& second) const {
        return error_of(ExitCode::usage, [&] { merge_runs({read("one", first), read("two", second)}); });
    }
    TemporaryDirectory directory_;
};

TEST_F(RunRecordTest, ReadsTheFiveFiles) {
    const RunRecord record = read("run", {});
    EXPECT_THAT(record.config, UnorderedElementsAre(Pair("data", "/some/where"), Pair("leaf-rows", "2"),
                                                    Pair("dropout", "0"), Pair("seed", "1")));
    ASSERT_EQ(record.manifests.size(), 1u);
    EXPECT_EQ(record.manifests[0]["data"]["sha256"], "abc");
    ASSERT_EQ(record.trials.size(), 1u);
    EXPECT_EQ(record.trials[0].trial.id(), "p0-s1");
    EXPECT_EQ(record.trials[0].epochs.at(0).validation.loss, 0.2);
    EXPECT_EQ(record.trials[0].result->test.accuracy, 0.5);
    EXPECT_EQ(record.trials[0].result->weights_sha256[31], 0xaa);
    ASSERT_EQ(record.timing.size(), 4u);
    EXPECT_EQ(record.timing[0].ranks, 2);
}

TEST_F(RunRecordTest, RefusesFilesThatDropsweepDidNotWrite) {
    const std::string history = "trial,dropout,seed,epoch,loss,accuracy,val_loss,val_accuracy\n";
    const std::string summary =
        "trial,dropout,seed,status,epochs,best_epoch,best_val_loss,val_loss,val_accuracy,test_loss,test_accuracy,"
        "weights_sha256\n";
    const std::string hash(64, 'a');
    const auto bad = ExitCode::bad_data;
    EXPECT_THAT(refusal("history.csv", history + "p0-s2,0,1,0,1,1,1,1\n", bad), HasSubstr("line 2: trial 'p0-s2'"));
    EXPECT_THAT(refusal("history.csv", history + "p0-s1,x,1,0,1,1,1,1\n", bad), HasSubstr("'x'"));
    EXPECT_THAT(refusal("history.csv", history + "p0-s1,0,1,1,1,1,1,1\n", bad), HasSubstr("epoch 1 where 0 comes"));
    EXPECT_THAT(refusal("summary.csv", summary + "p0-s1,0,1,done,1,0,1,1,1,1,1," + hash + "\n", bad),
                HasSubstr("status is 'done'"));
    EXPECT_THAT(refusal("summary.csv", summary + "p0-s1,0,1,completed,2,0,1,1,1,1,1," + hash + "\n", bad),
                HasSubstr("2 epochs, but 1 rows in history.csv"));
    EXPECT_THAT(refusal("summary.csv", summary + "p0-s1,0,1,completed,1,0,1,1,1,1,1,aa\n", bad),
                HasSubstr("weights_sha256"));
    const std::string row = "p0-s1,0,1,completed,1,0,1,1,1,1,1," + hash + "\n";
    EXPECT_THAT(refusal("summary.csv", summary + row + row, bad), HasSubstr("line 3: trial p0-s1 is there twice"));
    EXPECT_THAT(refusal("timing.csv",
                        "event,trial,epoch,first_rank,ranks,start_seconds,seconds,training_seconds,images_per_second\n"
                        "pause,,,0,1,0,0,,\n",
                        bad),
                HasSubstr("event is 'pause'"));
    refusal("config.ini", "no equals sign\n", bad);
    EXPECT_THAT(refusal("config.ini", "%invalid_line%x\n", bad), HasSubstr("%invalid_line%x"));
    EXPECT_THAT(refusal("config.ini", "dropout = x\nseed = 1\n", bad), HasSubstr("'x'"));
    EXPECT_THAT(refusal("config.ini", "dropout = 0\nseeds = 1,b\n", bad), HasSubstr("'1,b'"));
    std::string manifest_text = kManifest;
    manifest_text.replace(manifest_text.find("20260131T235959Z"), 16, "yesterday");
    EXPECT_THAT(refusal("manifest.json", manifest_text, bad), HasSubstr("'started' is no time"));
    const std::string timing =
        "event,trial,epoch,first_rank,ranks,start_seconds,seconds,training_seconds,images_per_second\n";
    EXPECT_THAT(refusal("timing.csv", timing + "idle,,,4294967296,1,,0,,\n", bad), HasSubstr("first_rank"));
    EXPECT_THAT(refusal("timing.csv", timing + "idle,,,0,4294967297,,0,,\n", bad), HasSubstr("ranks"));
    EXPECT_THAT(refusal("timing.csv", timing + "epoch,p0-s1,4294967296,0,1,0,0,0,0\n", bad), HasSubstr("epoch"));
    EXPECT_THAT(refusal("history.csv", history + "p0-s1,0,1,4294967296,1,1,1,1\n", bad),
                HasSubstr("epoch is 4294967296, more than"));
    EXPECT_THAT(refusal("summary.csv", summary + "p0-s1,0,1,completed,4294967297,0,1,1,1,1,1," + hash + "\n", bad),
                HasSubstr("epochs is 4294967297, more than"));
    EXPECT_THAT(refusal("summary.csv", summary + "p0-s1,0,1,completed,1,4294967296,1,1,1,1,1," + hash + "\n", bad),
                HasSubstr("best_epoch is 4294967296, more than"));
    EXPECT_THAT(refusal("config.ini", "dropout = 0,1\nseed = 1\n", bad), HasSubstr("dropout: 1 is not below 1"));
    for (const char* manifest : {"", "{", "[]", "{}", R"({"parts": []})", R"({"parts": [1]})"}) {
        refusal("manifest.json", manifest, bad);
    }
    std::filesystem::remove(directory_.path() / "run" / "timing.csv");
    EXPECT_THROW(read_run(directory_.path() / "run"), Error);
    EXPECT_THROW(read_run(directory_.path() / "nowhere"), Error);
}

TEST_F(RunRecordTest, SaysThatAFileIsNotADirectory) {
    system::write_file_atomically(directory_ / "file", "text");
    EXPECT_THAT(error_of(ExitCode::missing_input, [&] { read_run(directory_ / "file"); }),
                HasSubstr("it is not a directory; "));
}

std::vector<std::string> ids(const RunRecord& run) {
    std::vector<std::string> list;
    for (const TrialRecord& record : run.trials) list.push_back(record.trial.id());
    return list;
}

TEST_F(RunRecordTest, TrialsThatNeverStartedAreNotEnded) {
    read("run", {.dropout = "0.5"});
    system::write_file_atomically(directory_.path() / "run" / "config.ini", "dropout = 0.5,0.9,0\nseeds = 2,1\n");
    const RunRecord record = read_run(directory_.path() / "run");
    EXPECT_THAT(ids(record), ElementsAre("p0-s1", "p0-s2", "p0.5-s1", "p0.5-s2", "p0.9-s1", "p0.9-s2"));
    for (const TrialRecord& trial : record.trials) {
        EXPECT_EQ(trial.result.has_value(), trial.trial.id() == "p0.5-s1");
    }
}

TEST_F(RunRecordTest, MergedPartsKeepWhatTheyPlanned) {
    const RunRecord whole = read("whole", {});
    read("killed", {.dropout = "0.5"});
    system::write_file_atomically(directory_.path() / "killed" / "config.ini",
                                  "data = /some/where\nleaf-rows = 2\ndropout = 0.5,0.7\nseed = 1\n");
    const RunRecord killed = read_run(directory_.path() / "killed");
    const RunRecord merged = merge_runs({killed, whole});
    EXPECT_THAT(ids(merged), ElementsAre("p0-s1", "p0.5-s1", "p0.7-s1"));
    EXPECT_EQ(merged.config.at("dropout"), "0,0.5,0.7");
    // What one part did not come to, another may have done.
    const RunRecord rest = read("rest", {.dropout = "0.7"});
    for (const auto& parts : {std::vector{killed, rest}, std::vector{rest, killed}}) {
        const RunRecord both = merge_runs(parts);
        EXPECT_THAT(ids(both), ElementsAre("p0.5-s1", "p0.7-s1"));
        EXPECT_TRUE(both.trials[1].result.has_value());
    }
}

TEST_F(RunRecordTest, MergesPartsByDropoutAndSeed) {
    const RunRecord merged = merge_runs({read("c", {.dropout = "0.5"}), read("a", {.seed = "10"}),
                                         read("b", {.seed = "2"}), read("d", {.dropout = "0.5", .seed = "2"})});
    EXPECT_THAT(ids(merged), ElementsAre("p0-s2", "p0-s10", "p0.5-s1", "p0.5-s2"));
    EXPECT_EQ(merged.directories.size(), 4u);
    EXPECT_EQ(merged.manifests.size(), 4u);
    // Not every value has every seed: no one configuration says what was run.
    EXPECT_THAT(merged.config, UnorderedElementsAre(Pair("data", "/some/where"), Pair("leaf-rows", "2")));
}

TEST_F(RunRecordTest, MergedGridHasOneConfiguration) {
    const RunRecord merged = merge_runs({read("b", {.dropout = "0.5"}), read("a", {})});
    EXPECT_THAT(merged.config, UnorderedElementsAre(Pair("data", "/some/where"), Pair("leaf-rows", "2"),
                                                    Pair("dropout", "0,0.5"), Pair("seed", "1")));
}

TEST_F(RunRecordTest, MergedTimesAreThoseOfOneJob) {
    const RunRecord merged = merge_runs({read("late", {.dropout = "0.5", .started = "20260201T000009Z", .seconds = 4}),
                                         read("early", {.seconds = 20})});
    const TimingRow& late = merged.timing[0];
    EXPECT_EQ(late.trial, "p0.5-s1");
    EXPECT_EQ(late.first_rank, 0);
    EXPECT_EQ(late.start_seconds, 10.5);
    const TimingRow& early = merged.timing[3];
    EXPECT_EQ(early.trial, "p0-s1");
    EXPECT_EQ(early.first_rank, 2);
    EXPECT_EQ(early.start_seconds, 0.5);
    const TimingRow& sweep = merged.timing.back();
    EXPECT_EQ(sweep.event, TimingRow::Event::sweep);
    EXPECT_EQ(sweep.ranks, 4);
    EXPECT_EQ(sweep.seconds, 21);
    // The late part's ranks waited for 10 s and, done after 5 s, for another 6.
    EXPECT_EQ(merged.timing[1].event, TimingRow::Event::idle);
    EXPECT_EQ(merged.timing[1].seconds, 17);
    EXPECT_EQ(merged.timing[4].seconds, 1);
    // What the rows say is what the page and its plot say: (2 * 17 + 2 * 1) s of 4 * 21.
    EXPECT_DOUBLE_EQ(occupancy_of(merged.timing).idle_share, 36.0 / 84);
}

TEST_F(RunRecordTest, WhatWasPredictedOfThePartsIsNotOfTheWhole) {
    RunRecord part = read("a", {});
    const std::size_t rows = merge_runs({part}).timing.size();
    TimingRow& prediction = part.timing.emplace_back();
    prediction.event = TimingRow::Event::prediction;
    prediction.seconds = 1e6;
    const RunRecord merged = merge_runs({part});
    EXPECT_EQ(merged.timing.size(), rows);
    EXPECT_LT(merged.timing.back().seconds, 1e6);
}

TEST_F(RunRecordTest, WrittenAndReadAgainItIsTheSame) {
    const RunRecord merged = merge_runs({read("b", {.dropout = "0.5"}), read("a", {})});
    std::filesystem::create_directory(directory_.path() / "merged");
    write_run(merged, directory_.path() / "merged");
    const RunRecord again = read_run(directory_.path() / "merged");
    EXPECT_EQ(again.config, merged.config);
    EXPECT_EQ(again.manifests, merged.manifests);
    EXPECT_EQ(history_csv(again.trials), history_csv(merged.trials));
    EXPECT_EQ(summary_csv(again.trials), summary_csv(merged.trials));
    EXPECT_EQ(timing_csv(again.timing), timing_csv(merged.timing));
    // And it can be merged again.
    EXPECT_EQ(merge_runs({again, read("c", {.dropout = "0.7"})}).manifests.size(), 3u);
}

TEST_F(RunRecordTest, RefusesATableThatIsNotTheOneThatWasWritten) {
    const RunRecord record = read("run", {});
    const std::filesystem::path run = directory_ / "run";
    write_run(record, run);
    for (const char* table : {"history.csv", "summary.csv", "timing.csv"}) {
        const std::string whole = system::read_file(run / table);
        std::string altered = whole;
        const std::size_t place = altered.find("0.5");
        altered.at(place + 2) = '4';
        system::write_file_atomically(run / table, altered);
        EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_run(run); }),
                    HasSubstr((run / table).string() + ": its SHA-256 is not that of checksums.txt; "))
            << table;
        system::write_file_atomically(run / table, whole);
    }
    // Of a run that was killed, or is older, nobody knows better.
    std::string history = system::read_file(run / "history.csv");
    history.replace(history.find("0.5"), 3, "0.4");
    system::write_file_atomically(run / "history.csv", history);
    EXPECT_THROW(read_run(run), Error);
    std::filesystem::remove(run / "checksums.txt");
    EXPECT_EQ(history_csv(read_run(run).trials), history);
}

TEST_F(RunRecordTest, RefusesDuplicatesAndContradictionsByName) {
    EXPECT_THAT(merge_refusal({}, {}),
                AllOf(HasSubstr((directory_ / "one").string() + " and "), HasSubstr("both hold trial p0-s1; ")));
    const RunFilesOnDisk other{.dropout = "0.5"};
    RunFilesOnDisk changed = other;
    changed.config = "data = /else/where\nleaf-rows = 3\n";
    EXPECT_THAT(merge_refusal({}, changed), HasSubstr("not parts of one sweep: leaf-rows is 2 and 3; "));
    changed.config = "data = /else/where\n";
    EXPECT_THAT(merge_refusal({}, changed), HasSubstr("leaf-rows is 2 and not set; "));
    changed = other;
    changed.manifest.replace(changed.manifest.find("abc"), 3, "abd");
    EXPECT_THAT(merge_refusal({}, changed), HasSubstr("data is not the same"));
    changed = other;
    changed.manifest.replace(changed.manifest.find("fp32"), 4, "bf16");
    EXPECT_THAT(merge_refusal({}, changed), HasSubstr("precision is not the same"));
    changed = other;
    changed.config = "data = /else/where\nleaf-rows = 2\n";  // the same data elsewhere
    EXPECT_EQ(merge_refusal({}, changed), "");
}

}  // namespace
}  // namespace dropsweep::record
