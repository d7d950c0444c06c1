#include "dropsweep/sweep/prediction.hpp"

#include <array>

#include <gtest/gtest.h>

#include "unit_costs.hpp"

namespace dropsweep::sweep {
namespace {

std::vector<Trial> trials_of(const std::string& dropouts) {
    return make_trials(core::parse_decimal_list(dropouts), {1});
}

EpochForecast forecast(std::optional<std::uint32_t> patience = std::nullopt, std::uint32_t epochs = 20) {
    train::TrainingOptions options;
    options.patience = patience;
    options.epochs = epochs;
    return EpochForecast(options);
}

/// Where two ranks of two nodes take four seconds to exchange.
const CostModel::Interconnect kNetwork = {
    .network = {.latency_seconds = 0, .bytes_per_second = 1000},
    .exchange = {.parameters = 1000, .layers = 1, .shards = 0, .weight_bytes = 4}};

double step_seconds(const CostModel& costs, std::size_t shards, const std::vector<int>& ranks_on_nodes) {
    return costs.step_seconds(shards, ranks_on_nodes);
}

TEST(CostModel, AStepIsLinearInTheShardsOfTheBusiestRank) {
    CostModel costs;
    costs.steps[4] = {.one_shard = 2, .all_shards = 5};
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {1}), 5);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {2}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {3}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {4}), 2);
}

TEST(CostModel, AnExchangeThatWasNotMeasuredIsScaled) {
    CostModel costs;
    costs.steps[8] = {.one_shard = 0, .all_shards = 0};
    costs.exchanges = {{2, 1}, {4, 3}};
    EXPECT_DOUBLE_EQ(step_seconds(costs, 8, {1}), 0);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 8, {2}), 1);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 8, {3}), 3 * (2.0 / 3) / (3.0 / 4));
    EXPECT_DOUBLE_EQ(step_seconds(costs, 8, {4}), 3);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 8, {8}), 3 * (7.0 / 8) / (3.0 / 4));
}

TEST(CostModel, AGroupThatReachesOverNodesPaysForTheNetwork) {
    CostModel costs;
    costs.steps[4] = {.one_shard = 0, .all_shards = 0};
    costs.interconnect = kNetwork;
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {2}), 0);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {2, 2}), 4);
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {1, 1, 1, 1}), 6);
    costs.exchanges = {{2, 0.5}};
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {1, 1}), 4) << "nobody shares a node with another";
    EXPECT_DOUBLE_EQ(step_seconds(costs, 4, {2, 2}), 4.5);
}

TEST(CostModel, AnotherNodePaysWhereAPairIsMuchFasterThanOneRank) {
    // A pair takes half of a step and four seconds of the network.
    const auto pays = [](double step, int ranks_on_a_link) {
        CostModel costs;
        costs.steps[2] = {.one_shard = step / 2, .all_shards = step};
        costs.interconnect = kNetwork;
        costs.interconnect->ranks_on_a_link = ranks_on_a_link;
        return costs.pays_across_nodes(2);
    };
    EXPECT_TRUE(pays(10.1, 1));
    EXPECT_FALSE(pays(9.9, 1));
    EXPECT_FALSE(pays(10.1, 2));
    EXPECT_TRUE(pays(20.1, 2));
    EXPECT_FALSE(unit_costs({1, 2}).pays_across_nodes(2)) << "there is no other node";
}

TEST(CostModel, AnEpochHasStepsAndBlocksAndHashes) {
    CostModel costs;
    costs.steps[2] = {.one_shard = 1, .all_shards = 2};
    costs.steps_per_epoch = 100;
    costs.validation_blocks = 5;
    costs.test_blocks = 4;
    costs.block_seconds = 10;
    costs.hash_seconds = 0.5;
    EXPECT_DOUBLE_EQ(costs.epoch_seconds(2, std::array{1}), 200 + 50 + 1.5);
    EXPECT_DOUBLE_EQ(costs.epoch_seconds(2, std::array{2}), 100 + 30 + 1.5);
    EXPECT_DOUBLE_EQ(costs.end_seconds(2), 20 + 0.5);
}

TEST(CostModel, WhatCannotBeIsNoise) {
    const auto steps = plausible({{1, {.one_shard = 8, .all_shards = 8}},
                                  {2, {.one_shard = 3, .all_shards = 6}},
                                  {4, {.one_shard = 3, .all_shards = 9}},
                                  {8, {.one_shard = 11, .all_shards = 10}}});
    const auto expect = [&](std::size_t shards, double one, double all) {
        EXPECT_DOUBLE_EQ(steps.at(shards).one_shard, one) << shards;
        EXPECT_DOUBLE_EQ(steps.at(shards).all_shards, all) << shards;
    };
    expect(1, 8, 8);
    expect(2, 4, 8);
    expect(4, 3, 9);
    expect(8, 10, 10);
}

TEST(Prediction, PlaysTheQueueThrough) {
    // Two ranks: p0.8 has 5 epochs, p0.4 has 3, p0 has 4 and follows p0.4.
    const std::vector<Trial> trials = trials_of("0,0.4,0.8");
    const Plan plan = make_plan(trials, 2, {.shards = 1, .ranks_per_trial = {}});
    const Prediction played = play(plan, trials, forecast(), unit_costs({1}), std::vector<std::uint32_t>{4, 3, 5});
    EXPECT_DOUBLE_EQ(played.seconds, 7);
    EXPECT_DOUBLE_EQ(played.busy_share, 12.0 / 14);
    EXPECT_DOUBLE_EQ(played.trials[0].start_seconds, 3);
    EXPECT_DOUBLE_EQ(played.trials[0].end_seconds, 7);
    EXPECT_DOUBLE_EQ(played.trials[1].end_seconds, 3);
    EXPECT_DOUBLE_EQ(played.trials[2].end_seconds, 5);
}

TEST(Prediction, AFreeRankMakesTheRestOfATrialFaster) {
    // With two shards an epoch takes one rank 2 seconds and two ranks 1: of p0's four epochs one is done after 2
    // seconds, when the other rank comes.
    const std::vector<Trial> trials = trials_of("0,0.8");
    const std::vector<std::uint32_t> epochs = {4, 1};
    const auto seconds = [&](bool elastic) {
        const Plan plan = make_plan(trials, 2, {.shards = 2, .ranks_per_trial = {}, .elastic = elastic});
        return play(plan, trials, forecast(), unit_costs({2}), epochs).seconds;
    };
    EXPECT_DOUBLE_EQ(seconds(true), 2 + 3);
    EXPECT_DOUBLE_EQ(seconds(false), 8);
}

TEST(Prediction, AFreeRankOfAnotherNodeIsLentWhereThePlanSaysSo) {
    const std::vector<Trial> trials = trials_of("0,0.8");
    Plan plan = make_plan(trials, 2, {.shards = 2, .ranks_per_trial = {}}, {}, std::array{0, 1});
    CostModel costs = unit_costs({2});
    costs.interconnect = kNetwork;
    costs.interconnect->network.bytes_per_second = 8000;  // half a second a step
    const auto seconds = [&] {
        return play(plan, trials, forecast(), costs, std::vector<std::uint32_t>{4, 1}).seconds;
    };
    EXPECT_DOUBLE_EQ(seconds(), 8);
    plan.lends_across_nodes = true;
    EXPECT_DOUBLE_EQ(seconds(), 2 + 3 * 1.5);
}

TEST(Prediction, ATrialEndsWithItsTest) {
    CostModel costs = unit_costs({1});
    costs.test_blocks = 3;
    costs.block_seconds = 0.5;
    const std::vector<Trial> trials = trials_of("0");
    EXPECT_DOUBLE_EQ(play(make_plan(trials, 1, {}), trials, forecast(), costs, std::vector<std::uint32_t>{4}).seconds,
                     5.5);
}

TEST(Prediction, WithoutEarlyStoppingItIsCertain) {
    const std::vector<Trial> trials = trials_of("0,0.5");
    const Prediction prediction = predict(make_plan(trials, 1, {}), trials, forecast(std::nullopt, 7), unit_costs({1}));
    EXPECT_DOUBLE_EQ(prediction.seconds, 14);
    EXPECT_DOUBLE_EQ(prediction.busy_share, 1);
    EXPECT_DOUBLE_EQ(prediction.trials[0].start_seconds, 7);
    EXPECT_DOUBLE_EQ(prediction.trials[0].end_seconds, 14);
}

TEST(Prediction, IsTheMeanOfSeveralSweeps) {
    // The longer of two trials that are equal at first: longer than what both are expected to take.
    const std::vector<Trial> trials = trials_of("0.5,0.5");
    const Plan plan = make_plan(trials, 2, {.shards = 1, .ranks_per_trial = {}});
    const Prediction prediction = predict(plan, trials, forecast(2), unit_costs({1}));
    EXPECT_GT(prediction.seconds, forecast(2).expected(0.5) + 0.1);
    EXPECT_LT(prediction.seconds, forecast(2).expected(0.5) + 2);
    EXPECT_LT(prediction.busy_share, 1);
    EXPECT_EQ(prediction.seconds, predict(plan, trials, forecast(2), unit_costs({1})).seconds);
}

}  // namespace
}  // namespace dropsweep::sweep
