#include "dropsweep/sweep/cost_model.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "../support/small_experiment.hpp"

namespace dropsweep::sweep {
namespace {

class MeasuredCosts : public testing::Test {
  protected:
    CostModel measure(const std::vector<std::size_t>& shards) {
        return measure_costs(world_, small_.experiment, 0.5, shards);
    }

    comm::Communicator world_ = comm::Communicator::world();
    testing_support::SmallExperiment small_;
};

TEST_F(MeasuredCosts, AreThoseOfTheShardsAndGroupsAtHand) {
    const CostModel costs = measure({1, 2, 4});
    EXPECT_EQ(costs.steps.size(), 3u);
    EXPECT_EQ(costs.exchanges.size(), static_cast<std::size_t>(std::log2(world_.size())));
    for (const auto& [shards, step] : costs.steps) {
        EXPECT_GT(step.one_shard, 0) << shards;
        EXPECT_GT(step.all_shards, 0) << shards;
    }
    EXPECT_GT(costs.block_seconds, 0);
    EXPECT_GT(costs.hash_seconds, 0);
    EXPECT_DOUBLE_EQ(costs.steps_per_epoch, 107.0 / 13);
    EXPECT_EQ(costs.validation_blocks, 3u);
    EXPECT_EQ(costs.test_blocks, 2u);
}

TEST_F(MeasuredCosts, AreTheSameOnAllRanks) {
    const CostModel costs = measure({1, 3});
    std::vector<double> own = {costs.block_seconds, costs.hash_seconds};
    for (const auto& [shards, step] : costs.steps) own.insert(own.end(), {step.one_shard, step.all_shards});
    for (const auto& [ranks, seconds] : costs.exchanges) own.push_back(seconds);
    for (const double value : own) {
        for (const double other : world_.all_gather(value)) EXPECT_EQ(value, other);
    }
}

}  // namespace
}  // namespace dropsweep::sweep
