// The table of results at the end of a sweep.
#include "dropsweep/report/result_table.hpp"

#include <gtest/gtest.h>

#include "records.hpp"

namespace dropsweep::report {
namespace {

record::TrialRecord ended(const std::string& dropout, std::uint64_t seed, std::uint32_t epochs,
                          train::Evaluation validation, double test_accuracy) {
    record::TrialRecord trial = counted(dropout, seed, test_accuracy, 0.0625);
    trial.result->epochs = epochs;
    trial.result->validation = validation;
    return trial;
}

std::string table_of(const record::RunRecord& record, const std::map<std::string, std::string>& reasons = {}) {
    return result_table(compare(record), reasons);
}

TEST(ResultTable, MeansAndSampleStandardDeviationOverSeeds) {
    // Test accuracies 90, 92 and 97 %: mean 93, deviations -3, -1, 4: sqrt((9 + 1 + 16) / 2) = 3.6056.
    const record::RunRecord record =
        record_of({ended("0", 1, 5, {0.1, 0.9}, 0.90), ended("0", 2, 6, {0.2, 0.92}, 0.92),
                   ended("0", 3, 8, {0.3, 0.94}, 0.97), ended("0.5", 1, 2, {0.25, 0.5}, 0.75),
                   ended("0.5", 2, 2, {0.25, 0.5}, 0.75), ended("0.5", 3, 2, {0.25, 0.5}, 0.75)});
    EXPECT_EQ(table_of(record),
              " dropout  seeds  epochs  best_val_loss  val_loss  val_accuracy    test_accuracy\n"
              "       0      3     6.3         0.0625    0.2000       92.00 %  93.00 +- 3.61 %\n"
              "     0.5      3     2.0         0.0625    0.2500       50.00 %  75.00 +- 0.00 %\n"
              "means over seeds; +- is the sample standard deviation\n");
}

TEST(ResultTable, OneSeedHasNoSpread) {
    EXPECT_EQ(table_of(record_of({ended("0.3", 1, 5, {0.1, 0.9}, 0.975)})),
              " dropout  seeds  epochs  best_val_loss  val_loss  val_accuracy    test_accuracy\n"
              "     0.3      1     5.0         0.0625    0.1000       90.00 %          97.50 %\n");
}

TEST(ResultTable, TrialsWithoutWeightsAreNamedAndLeftOut) {
    const record::RunRecord record =
        record_of({ended("0", 1, 4, {0.1, 0.9}, 0.9), lost("0", 2, train::Status::diverged),
                   lost("0.5", 1, train::Status::failed), lost("0.5", 2, train::Status::diverged),
                   ended("0.8", 1, 3, {0.4, 0.6}, 0.6), not_ended("0.8", 2)});
    EXPECT_EQ(table_of(record, {{"p0.5-s1", "the weights differ"}}),
              " dropout  seeds  epochs  best_val_loss  val_loss  val_accuracy    test_accuracy\n"
              "       0      1     4.0         0.0625    0.1000       90.00 %          90.00 %\n"
              "     0.5      0       -              -         -             -                -\n"
              "     0.8      1     3.0         0.0625    0.4000       60.00 %          60.00 %\n"
              "p0-s2 diverged\n"
              "p0.5-s1 failed: the weights differ\n"
              "p0.5-s2 diverged\n"
              "p0.8-s2 not ended\n");
}

}  // namespace
}  // namespace dropsweep::report
