// The cost model, and sweeps played through by it.
#include "dropsweep/sweep/prediction.hpp"

#include <array>

#include <gtest/gtest.h>

#include "sweeps.hpp"

namespace dropsweep::sweep {
namespace {

/// Where two ranks of two nodes take four seconds to exchange.
const CostModel::Interconnect kNetwork = {
    .network = {.latency_seconds = 0, .bytes_per_second = 1000},
    .exchange = {.parameters = 1000, .layers = 1, .leaves = 2, .weight_bytes = 4}};

/// Of a trial without dropout, on the ranks of each node.
double step_seconds(const CostModel& costs, const std::vector<int>& ranks_on_nodes) {
    return costs.step_seconds(0, ranks_on_nodes);
}

CostModel costs_of(std::size_t leaves, const CostModel::LoneStep& step) {
    CostModel costs;
    costs.leaves = leaves;
    costs.steps[0] = step;
    return costs;
}

TEST(CostModel, AStepIsLinearInTheLeavesOfTheBusiestRank) {
    const CostModel costs = costs_of(4, {.one_leaf = 2, .all_leaves = 5});
    EXPECT_DOUBLE_EQ(step_seconds(costs, {1}), 5);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {2}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {3}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {4}), 2);
}

TEST(CostModel, AStepIsLinearInTheDropoutBetweenTheRatesThatWereMeasured) {
    CostModel costs = costs_of(2, {.one_leaf = 6, .all_leaves = 10});
    costs.steps[0.8] = {.one_leaf = 2, .all_leaves = 4};
    costs.steps[0.2] = costs.steps[0];
    costs.steps.erase(0);
    const auto seconds = [&](double dropout, int ranks) { return costs.step_seconds(dropout, std::array{ranks}); };
    EXPECT_DOUBLE_EQ(seconds(0.2, 1), 10);
    EXPECT_DOUBLE_EQ(seconds(0.5, 1), 7);
    EXPECT_DOUBLE_EQ(seconds(0.5, 2), 4);
    EXPECT_DOUBLE_EQ(seconds(0.8, 1), 4);
    EXPECT_DOUBLE_EQ(seconds(0, 1), 10) << "what is beyond them is not guessed";
    EXPECT_DOUBLE_EQ(seconds(0.9, 2), 2);
}

TEST(CostModel, AnExchangeThatWasNotMeasuredIsScaled) {
    CostModel costs = costs_of(8, {.one_leaf = 0, .all_leaves = 0});
    costs.exchanges = {{2, 1}, {4, 3}};
    EXPECT_DOUBLE_EQ(step_seconds(costs, {1}), 0);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {2}), 1);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {3}), 3 * (2.0 / 3) / (3.0 / 4));
    EXPECT_DOUBLE_EQ(step_seconds(costs, {4}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {8}), 3 * (7.0 / 8) / (3.0 / 4));
}

TEST(CostModel, AGroupThatReachesOverNodesPaysForTheNetwork) {
    CostModel costs = costs_of(4, {.one_leaf = 0, .all_leaves = 0});
    costs.interconnect = kNetwork;
    costs.interconnect->exchange.leaves = 4;
    EXPECT_DOUBLE_EQ(step_seconds(costs, {2}), 0);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {2, 2}), 4);
    EXPECT_DOUBLE_EQ(step_seconds(costs, {1, 1, 1, 1}), 6);
    costs.exchanges = {{2, 0.5}};
    EXPECT_DOUBLE_EQ(step_seconds(costs, {1, 1}), 4) << "nobody shares a node with another";
    EXPECT_DOUBLE_EQ(step_seconds(costs, {2, 2}), 4.5);
}

TEST(CostModel, AnotherNodePaysWhereAPairIsMuchFasterThanOneRank) {
    // A pair takes half of a step and four seconds of the network.
    const auto pays = [](double step, int ranks_on_a_link, double step_with_dropout) {
        CostModel costs = costs_of(2, {.one_leaf = step / 2, .all_leaves = step});
        costs.steps[0.5] = {.one_leaf = step_with_dropout / 2, .all_leaves = step_with_dropout};
        costs.interconnect = kNetwork;
        costs.interconnect->ranks_on_a_link = ranks_on_a_link;
        return costs.pays_across_nodes();
    };
    EXPECT_TRUE(pays(10.1, 1, 10.1));
    EXPECT_FALSE(pays(9.9, 1, 9.9));
    EXPECT_FALSE(pays(10.1, 2, 10.1));
    EXPECT_TRUE(pays(20.1, 2, 20.1));
    EXPECT_FALSE(pays(20.1, 1, 9.9)) << "not with much dropout";
    EXPECT_FALSE(unit_costs(2).pays_across_nodes()) << "there is no other node";
}

TEST(CostModel, AnEpochHasStepsAndBlocksAndHashes) {
    CostModel costs = costs_of(2, {.one_leaf = 1, .all_leaves = 2});
    costs.steps_per_epoch = 100;
    costs.validation_blocks = 5;
    costs.test_blocks = 4;
    costs.block_seconds = 10;
    costs.hash_seconds = 0.5;
    EXPECT_DOUBLE_EQ(costs.epoch_seconds(0, std::array{1}), 200 + 50 + 1.5);
    EXPECT_DOUBLE_EQ(costs.epoch_seconds(0, std::array{2}), 100 + 30 + 1.5);
    EXPECT_DOUBLE_EQ(costs.end_seconds(2), 20 + 0.5);
}

TEST(CostModel, WhatCannotBeIsNoise) {
    const auto one_leaf = [](double one, double all) { return plausible({one, all}, 4).one_leaf; };
    EXPECT_DOUBLE_EQ(one_leaf(3, 8), 3);
    EXPECT_DOUBLE_EQ(one_leaf(1, 8), 2);
    EXPECT_DOUBLE_EQ(one_leaf(9, 8), 8);
    EXPECT_DOUBLE_EQ(plausible({9, 8}, 4).all_leaves, 8);
}

TEST(Prediction, PlaysTheQueueThrough) {
    // Two ranks: p0.8 has 5 epochs, p0.4 has 3, p0 has 4 and follows p0.4.
    const std::vector<Trial> trials = trials_of("0,0.4,0.8");
    const Plan plan = make_plan(trials, 2, {.leaves = 1, .ranks_per_trial = {}});
    const Prediction played = play(plan, trials, forecast(), unit_costs(1), std::vector<std::uint32_t>{4, 3, 5});
    EXPECT_DOUBLE_EQ(played.seconds, 7);
    EXPECT_DOUBLE_EQ(played.busy_share, 12.0 / 14);
    EXPECT_DOUBLE_EQ(played.trials[0].start_seconds, 3);
    EXPECT_DOUBLE_EQ(played.trials[0].end_seconds, 7);
    EXPECT_DOUBLE_EQ(played.trials[1].end_seconds, 3);
    EXPECT_DOUBLE_EQ(played.trials[2].end_seconds, 5);
}

TEST(Prediction, AFreeRankMakesTheRestOfATrialFaster) {
    // With two leaves an epoch takes one rank 2 seconds and two ranks 1: of p0's four epochs one is done after 2
    // seconds, when the other rank comes.
    const std::vector<Trial> trials = trials_of("0,0.8");
    const std::vector<std::uint32_t> epochs = {4, 1};
    const auto seconds = [&](bool elastic) {
        const Plan plan = make_plan(trials, 2, {.leaves = 2, .ranks_per_trial = {}, .elastic = elastic});
        return play(plan, trials, forecast(), unit_costs(2), epochs).seconds;
    };
    EXPECT_DOUBLE_EQ(seconds(true), 2 + 3);
    EXPECT_DOUBLE_EQ(seconds(false), 8);
}

TEST(Prediction, AFreeRankOfAnotherNodeIsLentWhereThePlanSaysSo) {
    const std::vector<Trial> trials = trials_of("0,0.8");
    Plan plan = make_plan(trials, 2, {.leaves = 2, .ranks_per_trial = {}}, {}, std::array{0, 1});
    CostModel costs = unit_costs(2);
    costs.interconnect = kNetwork;
    costs.interconnect->network.bytes_per_second = 8000;  // half a second a step
    const auto seconds = [&] {
        return play(plan, trials, forecast(), costs, std::vector<std::uint32_t>{4, 1}).seconds;
    };
    EXPECT_DOUBLE_EQ(seconds(), 8);
    plan.lends_across_nodes = true;
    EXPECT_DOUBLE_EQ(seconds(), 2 + 3 * 1.5);
}

TEST(Prediction, AnEpochTakesItsTimeByDropout) {
    CostModel costs = unit_costs(1);
    costs.steps[0.8] = {0.5, 0.5};
    const std::vector<Trial> trials = trials_of("0,0.4,0.8");
    const Prediction played =
        play(make_plan(trials, 3, {}), trials, forecast(), costs, std::vector<std::uint32_t>{4, 4, 4});
    EXPECT_DOUBLE_EQ(played.trials[0].end_seconds, 4);
    EXPECT_DOUBLE_EQ(played.trials[1].end_seconds, 3);
    EXPECT_DOUBLE_EQ(played.trials[2].end_seconds, 2);
}

TEST(Prediction, ATrialEndsWithItsTest) {
    CostModel costs = unit_costs(1);
    costs.test_blocks = 3;
    costs.block_seconds = 0.5;
    const std::vector<Trial> trials = trials_of("0");
    EXPECT_DOUBLE_EQ(play(make_plan(trials, 1, {}), trials, forecast(), costs, std::vector<std::uint32_t>{4}).seconds,
                     5.5);
}

TEST(Prediction, WithoutEarlyStoppingItIsCertain) {
    const std::vector<Trial> trials = trials_of("0,0.5");
    const Prediction prediction = predict(make_plan(trials, 1, {}), trials, forecast(std::nullopt, 7), unit_costs(1));
    EXPECT_DOUBLE_EQ(prediction.seconds, 14);
    EXPECT_DOUBLE_EQ(prediction.busy_share, 1);
    EXPECT_DOUBLE_EQ(prediction.trials[0].start_seconds, 7);
    EXPECT_DOUBLE_EQ(prediction.trials[0].end_seconds, 14);
    EXPECT_EQ(describe(prediction), "  predicted to take 14.0 s, ranks idle for 0 % of the time\n");
}

TEST(Prediction, IsTheMeanOfSeveralSweeps) {
    // The longer of two trials that are equal at first: longer than what both are expected to take.
    const std::vector<Trial> trials = trials_of("0.5,0.5");
    const Plan plan = make_plan(trials, 2, {.leaves = 1, .ranks_per_trial = {}});
    const Prediction prediction = predict(plan, trials, forecast(2), unit_costs(1));
    EXPECT_GT(prediction.seconds, forecast(2).expected(0.5) + 0.1);
    EXPECT_LT(prediction.seconds, forecast(2).expected(0.5) + 2);
    EXPECT_LT(prediction.busy_share, 1);
    EXPECT_EQ(prediction.seconds, predict(plan, trials, forecast(2), unit_costs(1)).seconds);
}

}  // namespace
}  // namespace dropsweep::sweep
