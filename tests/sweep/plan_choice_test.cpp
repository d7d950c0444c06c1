// Which plan is chosen by what it is predicted to take.
#include "dropsweep/sweep/plan_choice.hpp"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweeps.hpp"

namespace dropsweep::sweep {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

const EpochForecast kForecast(train::TrainingOptions{});

TEST(PlanChoice, GroupsOfSeveralRanksWhereNobodyIsLent) {
    // Nine trials on eight ranks that stay together: two rounds of single ranks, or three of pairs that are twice as
    // fast.
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0"), {1, 2, 3, 4, 5, 6, 7, 8, 9});
    const auto ranks_of_first = [&](const PlanRequest& request) {
        return choose_plan(trials, 8, request, forecast(), unit_costs(2)).plan.groups.front().ranks;
    };
    EXPECT_EQ(ranks_of_first({.leaves = 2, .ranks_per_trial = {}, .elastic = false}), 2);
    EXPECT_EQ(ranks_of_first({.leaves = 2, .ranks_per_trial = 1, .elastic = false}), 1);
    EXPECT_EQ(ranks_of_first({.leaves = 2, .ranks_per_trial = {}, .elastic = true}), 1);
}

TEST(PlanChoice, OtherGroupsThanThoseOfTheRuleMustBeFivePercentFaster) {
    // Nine trials on eight ranks as above: 2 rounds of 2 s, or 3 of as long as a pair takes.
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0"), {1, 2, 3, 4, 5, 6, 7, 8, 9});
    const auto ranks_of_first = [&](double pair) {
        CostModel costs = unit_costs(2);
        costs.steps[0] = {.one_leaf = pair, .all_leaves = 2};
        const PlanRequest request{.leaves = 2, .ranks_per_trial = {}, .elastic = false};
        return choose_plan(trials, 8, request, forecast(), costs).plan.groups.front().ranks;
    };
    EXPECT_EQ(ranks_of_first(0.96 * 4 / 3), 1);
    EXPECT_EQ(ranks_of_first(0.94 * 4 / 3), 2);
}

TEST(PlanChoice, ChoosesWhereStepsWereMeasuredToTakeLessThanNoTime) {
    CostModel costs = unit_costs(2);
    costs.exchanges[2] = -3;
    costs.hash_seconds = 0.1;
    const std::vector<Trial> trials = trials_of("0,0.5");
    const PlanChoice choice = choose_plan(trials, 2, {.leaves = 2, .ranks_per_trial = {}}, kForecast, costs);
    EXPECT_GE(choice.prediction.seconds, 0);
    EXPECT_EQ(choice.prediction.trials.size(), trials.size());
}

TEST(PlanChoice, SettingsDifferInCostsAndLeaves) {
    // Without dropout alike, but for what an epoch takes: the larger network's trials come first.
    const auto setting = [](const char* width) { return Setting({}, {{"hidden", width}}); };
    const std::vector<Trial> trials = make_trials({setting("8"), setting("64"), setting("512")}, {1, 2});
    ByChoices<CostModel> costs;
    ByChoices<EpochForecast> forecasts;
    CostModel large = unit_costs(4);
    large.steps_per_epoch = 3;
    costs.emplace(setting("8").choices, unit_costs(1));
    costs.emplace(setting("64").choices, large);
    for (const char* width : {"8", "64", "512"}) forecasts.emplace(setting(width).choices, kForecast);
    // Those of the third setting have ended; nobody knows what they would take.
    const PlanChoice choice = choose_plan(trials, 2, {.leaves = 1, .ranks_per_trial = {}}, forecasts, costs, {4, 5});
    EXPECT_THAT(choice.plan.queue, ElementsAre(2, 3, 0, 1));
    EXPECT_EQ(choice.plan.leaves_of(0), 1u);
    EXPECT_EQ(choice.plan.leaves_of(2), 4u);
}

TEST(PlanChoice, AsManyValuesAsThereMayBe) {
    // What looks at each value for each of the trials takes minutes.
    std::vector<std::uint64_t> seeds(10);
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0:0.9999:0.0001"), seeds);
    EpochForecast forecast = kForecast;
    for (const Trial& trial : trials) forecast.learn(trial.dropout.value(), 5);
    const PlanChoice choice = choose_plan(trials, 64, {}, forecast, unit_costs(1));
    EXPECT_EQ(choice.plan.queue.size(), trials.size());
    EXPECT_NEAR(choice.prediction.seconds, 5 * 100'000 / 64.0, 100);
}

TEST(PlanChoice, TheTrialsThatTakeTheMostSecondsComeFirst) {
    // Six epochs each, of 1 second without dropout and 0.2 with most: on two ranks 6 + 0 beside 3.6 + 1.2 seconds.
    CostModel costs = unit_costs(1);
    costs.steps[0.8] = {0.2, 0.2};
    const std::vector<Trial> trials = trials_of("0,0.4,0.8");
    const PlanChoice choice = choose_plan(trials, 2, {}, forecast(std::nullopt, 6), costs);
    EXPECT_THAT(choice.plan.queue, ElementsAre(0, 1, 2));
    EXPECT_THAT(choice.plan.epoch_seconds, ElementsAre(1, DoubleEq(0.6), 0.2));
    EXPECT_DOUBLE_EQ(choice.prediction.seconds, 6);
    EXPECT_THAT(choose_plan(trials, 2, {}, forecast(std::nullopt, 6), costs, {0}).plan.queue, ElementsAre(1, 2))
        << "the first has ended before";
}

TEST(PlanChoice, LendsAcrossNodesWhereItPays) {
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0,0.8"), {1});
    const auto lends = [&](double bytes_per_second) {
        CostModel costs = unit_costs(2);
        costs.nodes = {0, 1};
        costs.interconnect =
            CostModel::Interconnect{.network = {.latency_seconds = 0, .bytes_per_second = bytes_per_second},
                                    .exchange = {.parameters = 1000, .layers = 1, .leaves = 2, .weight_bytes = 4}};
        const PlanChoice choice = choose_plan(trials, 2, {.leaves = 2, .ranks_per_trial = 1}, kForecast, costs);
        EXPECT_EQ(choice.plan.nodes, costs.nodes);
        return choice.plan.lends_across_nodes;
    };
    EXPECT_TRUE(lends(8000)) << "a step of a pair takes 1.5 seconds instead of 2";
    EXPECT_FALSE(lends(4000)) << "it takes 2";
}

}  // namespace
}  // namespace dropsweep::sweep
