// The costs that ranks measure before a sweep.
#include "dropsweep/sweep/cost_model.hpp"

#include <array>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "../support/small_experiment.hpp"

namespace dropsweep::sweep {
namespace {

class MeasuredCosts : public testing::Test {
  protected:
    void SetUp() override { small_.experiment.options.leaf_rows = 4; }
    CostModel measure(const std::vector<double>& dropout_rates) {
        return measure_costs(world_, small_.experiment, dropout_rates);
    }

    comm::Communicator world_ = comm::Communicator::world();
    testing_support::SmallExperiment small_;
};

TEST_F(MeasuredCosts, AreThoseOfTheRatesAndGroupsAtHand) {
    const CostModel costs = measure({0, 0.8});
    EXPECT_EQ(costs.leaves, 4u);
    EXPECT_EQ(costs.exchanges.size(), static_cast<std::size_t>(std::log2(world_.size())));
    EXPECT_EQ(costs.steps.size(), 2u);
    for (const double rate : {0.0, 0.8}) {
        ASSERT_TRUE(costs.steps.contains(rate));
        EXPECT_GT(costs.steps.at(rate).one_leaf, 0) << rate;
        EXPECT_GE(costs.steps.at(rate).all_leaves, costs.steps.at(rate).one_leaf) << rate;
    }
    EXPECT_GT(costs.block_seconds, 0);
    EXPECT_GT(costs.hash_seconds, 0);
    EXPECT_DOUBLE_EQ(costs.steps_per_epoch, 107.0 / 13);
    EXPECT_EQ(costs.validation_blocks, 3u);
    EXPECT_EQ(costs.test_blocks, 2u);
}

TEST_F(MeasuredCosts, OfAnotherExperimentAreScaledFromThem) {
    const CostModel costs = measure({0.5});
    EXPECT_EQ(scaled(costs, small_.experiment, small_.experiment).hash_seconds, costs.hash_seconds);
    train::Experiment other = small_.experiment;
    other.architecture.hidden = {40};
    other.options.batch_size = 8;
    const auto size = [](const train::Experiment& experiment) {
        return static_cast<double>(nn::ParameterLayout(experiment.architecture).size());
    };
    const double ratio = size(other) / size(small_.experiment);
    const CostModel expected = scaled(costs, small_.experiment, other);
    EXPECT_EQ(expected.leaves, 2u);
    EXPECT_DOUBLE_EQ(expected.steps_per_epoch, 107.0 / 8);
    EXPECT_DOUBLE_EQ(expected.hash_seconds, ratio * costs.hash_seconds);
    EXPECT_DOUBLE_EQ(expected.steps.at(0.5).one_leaf, ratio * costs.steps.at(0.5).one_leaf);
    EXPECT_DOUBLE_EQ(expected.steps.at(0.5).all_leaves, ratio * costs.steps.at(0.5).seconds(2, 4));
}

TEST_F(MeasuredCosts, OfAllExperimentsAreThere) {
    ByChoices<train::Experiment> experiments;
    for (const std::size_t width : {4u, 8u, 16u, 32u, 400u}) {
        train::Experiment experiment = small_.experiment;
        experiment.architecture.hidden = {width};
        experiments.emplace({{"hidden", std::to_string(width)}}, experiment);
    }
    const ByChoices<CostModel> costs = measure_all_costs(world_, experiments, {0.5});
    EXPECT_EQ(costs.size(), 5u);
    const auto epoch = [&](const char* width) {
        return costs.of({{}, {{"hidden", width}}}).epoch_seconds(0.5, std::array{1});
    };
    EXPECT_GT(epoch("400"), epoch("4"));
    for (const double seconds : world_.all_gather(epoch("32"))) EXPECT_EQ(seconds, epoch("32"));
}

TEST_F(MeasuredCosts, AreTheSameOnAllRanks) {
    const CostModel costs = measure({0.5});
    std::vector<double> own = {costs.block_seconds, costs.hash_seconds};
    for (const auto& [rate, step] : costs.steps) own.insert(own.end(), {step.one_leaf, step.all_leaves});
    for (const auto& [ranks, seconds] : costs.exchanges) own.push_back(seconds);
    for (const double value : own) {
        for (const double other : world_.all_gather(value)) EXPECT_EQ(value, other);
    }
}

}  // namespace
}  // namespace dropsweep::sweep
