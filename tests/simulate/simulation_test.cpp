// The simulation of sweeps on many ranks, which runs the real coordinator and workers.
#include "simulation.hpp"

#include <array>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/prediction.hpp"
#include "dropsweep/text/error.hpp"

#include "../support/temporary_directory.hpp"
#include "work.hpp"

namespace dropsweep::simulate {
namespace {

TEST(Simulation, ARowCostsByDropout) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() / "costs.csv";
    std::string text = "dropout,what,seconds\n0,row,8\n0.8,row,4\n";
    for (const char* what : {"update", "shared_byte", "evaluation_row", "hash_byte", "initial_weight"}) {
        text += fmt::format("0,{},0.5\n", what);
    }
    std::ofstream(path) << text;
    const Costs costs = read_costs(path);
    EXPECT_EQ(costs.update, 0.5);
    EXPECT_DOUBLE_EQ(costs.row_at(0), 8);
    EXPECT_DOUBLE_EQ(costs.row_at(0.6), 5);
    EXPECT_DOUBLE_EQ(costs.row_at(0.9), 4);
    std::ofstream(path) << text.substr(0, text.rfind("0,"));
    EXPECT_THROW(read_costs(path), Error);
}

TEST(Simulation, AgreesWithTheScheduleWhereOnlyTheRowsCost) {
    arithmetic.costs = {.row = {{0, 60e-6}, {0.8, 36e-6}}};
    arithmetic.coarsening = 8;
    arithmetic.losses = RecordedLosses(DROPSWEEP_RECORDED "/history.csv");
    simulate::Setup setup;
    setup.platform = DROPSWEEP_PLATFORMS "/ethernet-25.xml";
    setup.ranks = 8;
    setup.trials = sweep::make_trials(sweep::parse_dropout_list("0:0.8:0.1"), {1});
    std::vector<std::uint32_t> epochs;
    for (const sweep::Trial& trial : setup.trials) {
        epochs.push_back(static_cast<std::uint32_t>(arithmetic.losses.epochs(trial.dropout.value(), trial.seed)));
    }
    const train::TrainingOptions training;
    sweep::CostModel costs;
    costs.leaves = 4;
    for (const auto& [dropout, row_seconds] : arithmetic.costs.row) {
        const double batch_seconds = static_cast<double>(training.batch_size) * row_seconds;
        costs.steps[dropout] = {batch_seconds / 4, batch_seconds};
    }
    costs.steps_per_epoch = 54'000 / static_cast<double>(training.batch_size);
    const sweep::EpochForecast forecast(training);
    sweep::Plan plan =
        sweep::make_plan(setup.trials, setup.ranks, {.leaves = 4, .ranks_per_trial = {}, .elastic = true});
    std::vector<double> epoch_seconds;
    for (const sweep::Trial& trial : setup.trials) {
        epoch_seconds.push_back(costs.epoch_seconds(trial.dropout.value(), std::array{1}));
    }
    sweep::expect(plan, epoch_seconds, setup.trials, forecast);
    const double played = sweep::play(plan, setup.trials, forecast, costs, epochs).seconds;

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
