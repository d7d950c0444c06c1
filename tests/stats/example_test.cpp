// The layer stats in use: the mean over seeds with its interval, and a test that may be looked at at any time.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/stats/statistics.hpp"

namespace dropsweep::stats {
namespace {

TEST(StatsExample, AMeanHasAnInterval) {
    const Summary summary = summarize(std::vector{0.97, 0.98, 0.99});
    EXPECT_DOUBLE_EQ(summary.mean, 0.98);
    EXPECT_NEAR(summary.sd, 0.01, 1e-12);
    EXPECT_NEAR(summary.high - summary.mean, 4.302653 * 0.01 / std::sqrt(3), 1e-8);  // t(0.975, 2)
}

TEST(StatsExample, DifferencesThatStayAreFoundWithEnoughPairs) {
    const std::vector<double> differences = {2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3};
    const std::vector<AnytimeTest> looks = test_anytime(differences, 0.05);
    EXPECT_GT(looks[1].p_value, 0.05);
    EXPECT_LT(looks.back().p_value, 0.001);
    EXPECT_GT(looks.back().low, 0);
    EXPECT_LE(fewest_pairs(0.05), differences.size());
}

}  // namespace
}  // namespace dropsweep::stats
