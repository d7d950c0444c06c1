// The layer report in use: from the results of trials to a table, statistics and a verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/result_table.hpp"

#include "records.hpp"

namespace dropsweep::report {
namespace {

TEST(ReportExample, TheRateWithTheLowestValidationLossIsChosen) {
    const record::RunRecord run = record_of({counted("0", 1, 0.97, 0.30), counted("0", 2, 0.96, 0.32),
                                             counted("0.5", 1, 0.98, 0.25), counted("0.5", 2, 0.985, 0.25)});
    const Comparison comparison = compare(run);
    EXPECT_EQ(comparison.settings.at(comparison.chosen.value()).setting.dropout.text(), "0.5");
    EXPECT_THAT(result_table(comparison, {}), testing::HasSubstr("98.25 +- 0.35 %"));
    EXPECT_THAT(statistics_csv(comparison), testing::HasSubstr("\nbest_val_loss,0.5,2,0.25,0,"));
    EXPECT_THAT(verdict(comparison), testing::StartsWith("Best is p = 0.5, by the lowest mean best_val_loss"));
}

}  // namespace
}  // namespace dropsweep::report
