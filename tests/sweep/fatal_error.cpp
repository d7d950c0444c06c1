// A sweep that a single rank or the listener on rank 0 cannot go on with: fatal_error_test.py looks at how it ends.
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/sweep/run_sweep.hpp"

#include "../support/lambda_host.hpp"
#include "../support/small_experiment.hpp"

using namespace dropsweep;

namespace {

struct FullDisk : sweep::Listener {
    void on_outcome(std::size_t, const sweep::TrialOutcome&) override {
        throw Error(ExitCode::io_error, "the listener failed");
    }
};

}  // namespace

/// fatal_error keep_model|listener
int main(int, char** argv) {
    const comm::Environment mpi;
    const comm::Communicator world = comm::Communicator::world();
    linalg::start_products();
    testing_support::SmallExperiment small;
    const auto trials = sweep::make_trials(sweep::parse_dropout_list("0:0.9:0.1"), {1, 2});
    FullDisk full_disk;
    testing_support::LambdaHost host;
    if (std::string_view(argv[1]) == "listener") {
        host.listeners = {&full_disk};
    } else {
        host.keep = [&](const sweep::Trial&, const train::TrainedModel&) {
            if (world.rank() == world.size() - 1) throw Error(ExitCode::io_error, "keep_model failed");
        };
    }
    comm::Watchdog watchdog(world, 60, [&](const Error& error) {
        fmt::print(stderr, "rank {} ends all: {}\n", world.rank(), error.what());
        std::fflush(stderr);
        comm::abort_all(static_cast<int>(error.code()));
    });
    host.watchdog = &watchdog;
    host.die_of = [&](const Error& error) { watchdog.end_all(error); };
    const sweep::Plan plan = sweep::make_plan(trials, world.size(), {});
    sweep::run_sweep(world, plan, trials, small.experiment, sweep::EpochForecast(small.experiment.options), host);
    fmt::print(stderr, "the sweep went on\n");
    return 0;
}
