// The layer sweep in use: trials, a plan, and the sweep whose results come to rank 0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/run_sweep.hpp"

#include "../support/lambda_host.hpp"
#include "../support/recorder.hpp"
#include "../support/small_experiment.hpp"

namespace dropsweep::sweep {
namespace {

TEST(SweepExample, TwoRatesWithTwoSeeds) {
    const comm::Communicator world = comm::Communicator::world();
    const std::vector<Trial> trials = make_trials(parse_dropout_list("0,0.5"), {1, 2});
    const Plan plan = make_plan(trials, world.size(), {});
    EXPECT_THAT(describe(plan, trials), testing::StartsWith("plan: 4 trials on "));

    testing_support::SmallExperiment small;
    testing_support::Recorder recorder(trials.size());  // a Listener
    testing_support::LambdaHost host;                   // without files
    host.listeners = {&recorder};
    EXPECT_EQ(run_sweep(world, plan, trials, small.experiment, EpochForecast(small.experiment.options), host),
              SweepEnd::all_succeeded);
    if (world.rank() != 0) return;
    for (const auto& outcomes : recorder.outcomes) EXPECT_GT(outcomes.at(0).result.test.accuracy, 0.25);
}

}  // namespace
}  // namespace dropsweep::sweep
