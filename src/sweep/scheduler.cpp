#include "dropsweep/sweep/scheduler.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "dropsweep/comm/process_table.hpp"
#include "dropsweep/core/stopwatch.hpp"

#include "coordinator.hpp"
#include "protocol.hpp"
#include "watch.hpp"
#include "worker.hpp"

namespace dropsweep::sweep {
namespace {

using namespace std::chrono_literals;

constexpr auto kFatalGrace = 10s;

void coordinate(Coordinator& coordinator, const Hooks& hooks) {
    try {
        coordinator.run();
    } catch (const std::exception& error) {
        hooks.die(as_error(error));
    }
}

/// This rank alone cannot go on, and the others may be waiting for it in a collective: lets rank 0 say so and end all.
void give_up(const protocol::Channels& channels, const Error& error, const Hooks& hooks) {
    try {
        channels.reports.send(protocol::Fatal{static_cast<int>(error.code()), protocol::Text(error.what())},
                              channels.coordinator, protocol::kFatal);
        std::this_thread::sleep_for(kFatalGrace);
    } catch (const Error&) {
        // MPI itself is out of order: what is left is to say it here.
    }
    hooks.die(error);
}

}  // namespace

SweepEnd run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
                   const train::Experiment& experiment, const EpochForecast& forecast, const Hooks& hooks) {
    const protocol::Channels channels(world);
    const comm::ProcessTable processes(world);
    world.barrier();
    const core::Stopwatch stopwatch;

    Pulse pulse;
    // A lone process has nobody to tell.
    std::unique_ptr<Heart> heart;
    std::optional<Watch> watch;
    if (world.size() > 1) {
        heart = std::make_unique<Heart>(channels, processes, trials, pulse, hooks.stall_seconds, hooks.die);
        watch.emplace(channels, processes, trials, hooks.stall_seconds);
    }
    Coordinator coordinator(channels, plan, Schedule(plan, trials, forecast), hooks, stopwatch,
                            watch ? &*watch : nullptr);
    std::jthread coordinator_thread;
    if (world.rank() == channels.coordinator)
        coordinator_thread = std::jthread([&] { coordinate(coordinator, hooks); });
    try {
        const SweepEnd end = Worker(world, channels, trials, experiment, hooks, stopwatch, pulse).run();
        heart.reset();
        channels.reports.send(protocol::Farewell{}, channels.coordinator, protocol::kFarewell);
        return end;
    } catch (const std::exception& error) {
        // Unwinding from here would wait for the coordinator's thread, which waits for the groups.
        const Error known = as_error(error);
        give_up(channels,
                Error(known.code(), fmt::format("{} ({}, {})", known.what(), processes.name_of(world.rank()),
                                                describe(pulse.position(), trials))),
                hooks);
        throw;
    }
}

}  // namespace dropsweep::sweep
