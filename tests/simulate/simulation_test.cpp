#include "simulation.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "dropsweep/sweep/prediction.hpp"

#include "work.hpp"

namespace dropsweep::simulate {
namespace {

TEST(Simulation, AgreesWithTheScheduleWhereOnlyTheRowsCost) {
    arithmetic.costs = {.row = 50e-6};
    arithmetic.coarsening = 8;
    arithmetic.losses = RecordedLosses(DROPSWEEP_RECORDED "/history.csv");
    simulate::Setup setup;
    setup.platform = DROPSWEEP_PLATFORMS "/ethernet-25.xml";
    setup.ranks = 8;
    setup.trials = sweep::make_trials(core::parse_decimal_list("0:0.8:0.1"), {1});
    std::vector<std::uint32_t> epochs;
    for (const sweep::Trial& trial : setup.trials) {
        epochs.push_back(static_cast<std::uint32_t>(arithmetic.losses.epochs(trial.dropout.value(), trial.seed)));
    }
    const train::TrainingOptions training;
    const sweep::PlanRequest request{.shards = setup.shards, .ranks_per_trial = {}, .elastic = true};
    const sweep::Plan plan = sweep::make_plan(setup.trials, setup.ranks, request);
    sweep::CostModel costs;
    const double batch_seconds = static_cast<double>(training.batch_size) * arithmetic.costs.row;
    costs.steps[setup.shards] = {batch_seconds / static_cast<double>(setup.shards), batch_seconds};
    costs.steps_per_epoch = 54'000 / static_cast<double>(training.batch_size);
    const double played = sweep::play(plan, setup.trials, sweep::EpochForecast(training), costs, epochs).seconds;

    const Result result = simulate(setup);

    EXPECT_EQ(result.epochs, std::reduce(epochs.begin(), epochs.end()));
    EXPECT_GT(result.growths, 0U);
    // A rank begins up to 16 ms after the coordinator could know of it, and joins after a step, which is 1/53 of an
    // epoch here: each of the growths may cost so much.
    EXPECT_GE(result.makespan_seconds, 0.99 * played);
    EXPECT_LE(result.makespan_seconds, 1.03 * played);
    EXPECT_LE(result.idle_seconds + result.computed_seconds, setup.ranks * result.makespan_seconds);
}

}  // namespace
}  // namespace dropsweep::simulate
