#include "dropsweep/report/result_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::report {
namespace {

sweep::TrialOutcome outcome(std::uint32_t epochs, double val_loss, double val_accuracy, double test_accuracy) {
    sweep::TrialOutcome ended;
    ended.result.status = train::Status::early_stopped;
    ended.result.epochs = epochs;
    ended.result.validation = {val_loss, val_accuracy};
    ended.result.test = {0.5, test_accuracy};
    return ended;
}

sweep::TrialOutcome lost(train::Status status, const std::string& message) {
    sweep::TrialOutcome ended;
    ended.result.status = status;
    ended.message = message;
    return ended;
}

TEST(ResultTable, MeansAndSampleStandardDeviationOverSeeds) {
    const auto trials = sweep::make_trials(core::parse_decimal_list("0,0.5"), {1, 2, 3});
    // Test accuracies 90, 92 and 97 %: mean 93, deviations -3, -1, 4: sqrt((9 + 1 + 16) / 2) = 3.6056.
    const std::string table =
        result_table(trials, {outcome(5, 0.1, 0.9, 0.90), outcome(6, 0.2, 0.92, 0.92), outcome(8, 0.3, 0.94, 0.97),
                              outcome(2, 0.25, 0.5, 0.75), outcome(2, 0.25, 0.5, 0.75), outcome(2, 0.25, 0.5, 0.75)});
    EXPECT_EQ(table,
              " dropout  seeds  epochs  val_loss  val_accuracy    test_accuracy\n"
              "       0      3     6.3    0.2000       92.00 %  93.00 +- 3.61 %\n"
              "     0.5      3     2.0    0.2500       50.00 %  75.00 +- 0.00 %\n"
              "means over seeds; +- is the sample standard deviation\n");
}

TEST(ResultTable, OneSeedHasNoSpread) {
    const auto trials = sweep::make_trials(core::parse_decimal_list("0.3"), {1});
    EXPECT_EQ(result_table(trials, {outcome(5, 0.1, 0.9, 0.975)}),
              " dropout  seeds  epochs  val_loss  val_accuracy    test_accuracy\n"
              "     0.3      1     5.0    0.1000       90.00 %          97.50 %\n");
}

TEST(ResultTable, TrialsWithoutWeightsAreNamedAndLeftOut) {
    const auto trials = sweep::make_trials(core::parse_decimal_list("0,0.5,0.8"), {1, 2});
    const std::string table =
        result_table(trials, {outcome(4, 0.1, 0.9, 0.9), lost(train::Status::diverged, ""),
                              lost(train::Status::failed, "the weights differ"), lost(train::Status::diverged, ""),
                              outcome(3, 0.4, 0.6, 0.6), std::nullopt});
    EXPECT_EQ(table,
              " dropout  seeds  epochs  val_loss  val_accuracy    test_accuracy\n"
              "       0      1     4.0    0.1000       90.00 %          90.00 %\n"
              "     0.5      0       -         -             -                -\n"
              "     0.8      1     3.0    0.4000       60.00 %          60.00 %\n"
              "p0-s2 diverged\n"
              "p0.5-s1 failed: the weights differ\n"
              "p0.5-s2 diverged\n");
}

}  // namespace
}  // namespace dropsweep::report
