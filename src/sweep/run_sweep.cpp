// Runs a worker on each rank, and the coordinator in a thread of rank 0.
#include "dropsweep/sweep/run_sweep.hpp"

#include <optional>
#include <thread>

#include <fmt/format.h>

#include "dropsweep/system/stopwatch.hpp"

#include "coordinator.hpp"
#include "protocol.hpp"
#include "worker.hpp"

namespace dropsweep::sweep {
namespace {

void coordinate(Coordinator& coordinator, Host& host) {
    std::optional<comm::Watchdog::Companion> companion;
    if (host.watchdog != nullptr) companion.emplace(*host.watchdog);
    try {
        coordinator.run();
    } catch (const std::exception& error) {
        host.die(as_error(error));
    }
}

/// Adds the position of this rank to the message.
Error placed(const Error& error, const Host& host) {
    if (host.watchdog == nullptr) return error;
    return {error.code(), fmt::format("{} ({})", error.what(), host.watchdog->own_place())};
}

}  // namespace

SweepEnd run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
                   const ByChoices<train::Experiment>& experiments, const ByChoices<EpochForecast>& forecasts,
                   Host& host, const std::optional<Selection>& selection) {
    const protocol::Channels channels(world);
    world.barrier();
    const system::Stopwatch stopwatch;
    std::optional<Coordinator> coordinator;
    std::jthread coordinator_thread;
    if (world.rank() == channels.coordinator) {
        coordinator.emplace(channels, plan, trials, Schedule(plan, trials, forecasts, selection), host, stopwatch);
        coordinator_thread = std::jthread([&] { coordinate(*coordinator, host); });
    }
    try {
        return Worker(world, channels, trials, experiments, host, stopwatch).run();
    } catch (const std::exception& error) {
        // Ends here: unwinding would join the coordinator's thread, which waits for the groups.
        host.die(placed(as_error(error), host));
        throw;
    }
}

}  // namespace dropsweep::sweep
