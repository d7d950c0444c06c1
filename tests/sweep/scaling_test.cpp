// Predictions for growing numbers of ranks.
#include "dropsweep/sweep/scaling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweeps.hpp"

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;

std::vector<int> ranks_of(const std::vector<ScalingPoint>& points) {
    std::vector<int> ranks;
    for (const ScalingPoint& point : points) ranks.push_back(point.plan.ranks);
    return ranks;
}

TEST(Scaling, EveryDoublingAndTheLast) {
    const std::vector<Trial> trials = trials_of("0,0.5,0.8");
    const auto points = [&](int ranks, const PlanRequest& request) {
        return predict_scaling(trials, ranks, request, forecast(std::nullopt, 6), unit_costs(1));
    };
    EXPECT_THAT(ranks_of(points(6, {})), ElementsAre(1, 2, 4, 6));
    EXPECT_THAT(ranks_of(points(4, {})), ElementsAre(1, 2, 4));
    const std::vector<ScalingPoint> pairs =
        predict_scaling(trials, 4, {.leaves = 2, .ranks_per_trial = 2}, forecast(std::nullopt, 6), unit_costs(2));
    EXPECT_THAT(ranks_of(pairs), ElementsAre(2, 4));
    EXPECT_DOUBLE_EQ(pairs.front().speedup, 2) << "against one rank, which is not in the table";
}

TEST(Scaling, SaysFromWhereOnMoreRanksDoNotHelp) {
    const std::vector<Trial> trials = trials_of("0,0.5,0.8");
    const std::vector<ScalingPoint> points = predict_scaling(trials, 8, {}, forecast(std::nullopt, 6), unit_costs(1));
    ASSERT_EQ(points.size(), 4u);
    EXPECT_DOUBLE_EQ(points[0].seconds, 18);
    EXPECT_DOUBLE_EQ(points[1].seconds, 12);
    EXPECT_DOUBLE_EQ(points[2].seconds, 6);
    EXPECT_DOUBLE_EQ(points[2].speedup, 3);
    EXPECT_DOUBLE_EQ(points[2].efficiency(), 0.75);
    EXPECT_EQ(last_that_helps(points), 2u);
}

TEST(Scaling, AGainBelowFivePercentIsNone) {
    std::vector<ScalingPoint> points(3);
    points[0].seconds = 100;
    points[1].seconds = 96;
    points[2].seconds = 94;
    EXPECT_EQ(last_that_helps(points), 1u);
    points[2].seconds = 97;
    EXPECT_EQ(last_that_helps(points), 0u);
}

}  // namespace
}  // namespace dropsweep::sweep
