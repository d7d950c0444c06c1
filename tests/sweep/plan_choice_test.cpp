#include "dropsweep/sweep/plan_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit_costs.hpp"

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;

const EpochForecast kForecast(train::TrainingOptions{});

std::vector<Trial> trials_of(const std::string& dropouts) {
    return make_trials(core::parse_decimal_list(dropouts), {1});
}

std::vector<std::size_t> candidates(const std::string& dropouts, int ranks, const PlanRequest& request = {},
                                    std::size_t batch_size = 128) {
    return candidate_shards(trials_of(dropouts), ranks, request, batch_size);
}

TEST(CandidateShards, PowersOfTwoAndTheLargestGroup) {
    EXPECT_THAT(candidates("0:0.8:0.1", 1), ElementsAre(1));
    EXPECT_THAT(candidates("0:0.8:0.1", 4), ElementsAre(1, 2, 4));
    EXPECT_THAT(candidates("0", 3), ElementsAre(1, 2, 3));
    EXPECT_THAT(candidates("0,0.5", 64), ElementsAre(1, 2, 4, 8, 16, 32));
    EXPECT_THAT(candidates("0", 64, {}, 10), ElementsAre(1, 2, 4, 8, 10));
}

TEST(CandidateShards, WhatIsAskedForIsObeyed) {
    EXPECT_THAT(candidates("0", 8, {.shards = 5, .ranks_per_trial = {}}), ElementsAre(5));
    EXPECT_THAT(candidates("0:0.8:0.1", 8, {.shards = {}, .ranks_per_trial = 3}), ElementsAre(3, 4, 8));
}

TEST(PlanChoice, MoreShardsWhereTheyFillTheTail) {
    // Three trials on two ranks: with one shard the last one has a rank of its own while the other waits.
    const std::vector<Trial> trials = trials_of("0,0,0");
    const PlanChoice choice = choose_plan(trials, 2, {}, kForecast, unit_costs({1, 2}));
    EXPECT_EQ(choice.plan.shards, 1u) << "a shard costs a second, so that two of them take twice as long";

    CostModel costs = unit_costs({1});
    costs.steps[2] = {.one_shard = 0.5, .all_shards = 1};
    const PlanChoice better = choose_plan(trials, 2, {}, kForecast, costs);
    EXPECT_EQ(better.plan.shards, 2u);
    EXPECT_EQ(better.request.shards, 2u);
    EXPECT_LT(better.seconds.at(2), better.seconds.at(1));
    EXPECT_EQ(better.prediction.seconds, better.seconds.at(2));
}

TEST(PlanChoice, TheFewestShardsWithinFivePercent) {
    const std::vector<Trial> trials = trials_of("0");
    CostModel costs = unit_costs({1});
    const auto shards = [&](double one_of_two) {
        costs.steps[2] = {.one_shard = one_of_two, .all_shards = 1};
        return choose_plan(trials, 2, {}, kForecast, costs).plan.shards;
    };
    EXPECT_EQ(shards(0.96), 1u);
    EXPECT_EQ(shards(0.94), 2u);
}

TEST(PlanChoice, GroupsOfSeveralRanksWhereNobodyIsLent) {
    // Nine trials on eight ranks that stay together: two rounds of single ranks, or three of pairs that are twice as
    // fast.
    const std::vector<Trial> trials = make_trials(core::parse_decimal_list("0"), {1, 2, 3, 4, 5, 6, 7, 8, 9});
    CostModel costs;
    costs.steps[2] = {.one_shard = 0.5, .all_shards = 1};
    costs.steps_per_epoch = 1;
    train::TrainingOptions options;
    options.patience = std::nullopt;
    const auto ranks_of_first = [&](const PlanRequest& request) {
        return choose_plan(trials, 8, request, EpochForecast(options), costs).plan.groups.front().ranks;
    };
    EXPECT_EQ(ranks_of_first({.shards = 2, .ranks_per_trial = {}, .elastic = false}), 2);
    EXPECT_EQ(ranks_of_first({.shards = 2, .ranks_per_trial = 1, .elastic = false}), 1);
    EXPECT_EQ(ranks_of_first({.shards = 2, .ranks_per_trial = {}, .elastic = true}), 1);
}

TEST(PlanChoice, SaysWhatIsPredictedAndWhatElseWouldBe) {
    train::TrainingOptions options;
    options.patience = std::nullopt;
    options.epochs = 6;
    const std::vector<Trial> trials = trials_of("0,0.5,0.8");
    const EpochForecast forecast(options);
    const PlanChoice chosen = choose_plan(trials, 2, {}, forecast, unit_costs({1, 2}));
    EXPECT_EQ(describe(chosen), "  predicted to take 12.0 s, ranks idle for 25 % of the time; with 2 shards 18.0 s\n");
    EXPECT_EQ(chosen.plan.why_shards, "the fewest within 5 % of the least predicted time");
    const PlanChoice given = choose_plan(trials, 2, {.shards = 1, .ranks_per_trial = {}}, forecast, unit_costs({1}));
    EXPECT_EQ(describe(given), "  predicted to take 12.0 s, ranks idle for 25 % of the time\n");
    EXPECT_EQ(given.plan.why_shards, "");
}

TEST(PlanChoice, LendsAcrossNodesWhereItPays) {
    const std::vector<Trial> trials = make_trials(core::parse_decimal_list("0,0.8"), {1});
    const auto lends = [&](double bytes_per_second) {
        CostModel costs = unit_costs({2});
        costs.nodes = {0, 1};
        costs.interconnect =
            CostModel::Interconnect{.network = {.latency_seconds = 0, .bytes_per_second = bytes_per_second},
                                    .exchange = {.parameters = 1000, .layers = 1, .shards = 0, .weight_bytes = 4}};
        const PlanChoice choice = choose_plan(trials, 2, {.shards = 2, .ranks_per_trial = 1}, kForecast, costs);
        EXPECT_EQ(choice.plan.nodes, costs.nodes);
        return choice.plan.lends_across_nodes;
    };
    EXPECT_TRUE(lends(8000)) << "a step of a pair takes 1.5 seconds instead of 2";
    EXPECT_FALSE(lends(4000)) << "it takes 2";
}

}  // namespace
}  // namespace dropsweep::sweep
