// The layer record in use: what happens in a sweep goes into tables, which are read back later.
#include <gtest/gtest.h>

#include "dropsweep/record/run_files.hpp"
#include "dropsweep/record/tables.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::record {
namespace {

TEST(RecordExample, ATrialIsWrittenAndReadBack) {
    const TemporaryDirectory run;
    const auto trials = sweep::make_trials(sweep::parse_dropout_list("0.5"), {7});
    RunFiles files(run.path(), trials, 100);
    files.on_join(0, {0, 2}, 0);
    files.on_epoch(0, {0, {0.4, 0.8}, {0.3, 0.9}, 0.5, 0.1}, {{0, 2}, 0, 1});
    sweep::TrialOutcome outcome;
    outcome.result = {.status = train::Status::completed,
                      .epochs = 1,
                      .best_epoch = 0,
                      .best_val_loss = 0.3,
                      .validation = {0.3, 0.9},
                      .test = {0.35, 0.85},
                      .weights_sha256 = {1}};
    outcome.span = {{0, 2}, 0, 1};
    files.on_outcome(0, outcome);
    files.on_end(1, 2, 0);

    const std::vector<TrialRecord> read = read_trials(run / "history.csv", run / "summary.csv");
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].trial.id(), "p0.5-s7");
    EXPECT_EQ(read[0].epochs.at(0).validation.accuracy, 0.9);
    EXPECT_EQ(read[0].result->test.accuracy, 0.85);
}

}  // namespace
}  // namespace dropsweep::record
