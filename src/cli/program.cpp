#include "dropsweep/cli/program.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/comm/environment.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/system/alarm.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/stop_signal.hpp"

#include "planning.hpp"
#include "session.hpp"

namespace dropsweep::cli {
namespace {

/// A fault of this rank alone, while others may be waiting for it.
[[noreturn]] void die(const std::exception& error, const Reporter& reporter) {
    system::end_writes();
    comm::abort_all(reporter.report(error));
}

// Where several ranks wait for the others, and any may speak, a launcher ends all when the first one has. That of Open
// MPI wakes a process up, which may have been stopped, and sends SIGTERM a second later.
constexpr std::chrono::milliseconds kUntilSigterm(1500);
/// By which each rank waits longer than the one before it.
constexpr double kStaggerSeconds = 2;

/// To be called before it reports.
void end_if_another_has_spoken() {
    std::this_thread::sleep_for(kUntilSigterm);
    if (system::stop_signal() != 0) std::_Exit(static_cast<int>(ExitCode::interrupted));
}

/// Where nobody watches yet.
void refuse_to_start(double seconds, const Reporter& reporter) {
    end_if_another_has_spoken();
    die(Error(
            ExitCode::failure,
            fmt::format("not all processes of this run have started within {:.0f} s; look at their machines, or give a "
                        "longer --stall-timeout",
                        seconds)),
        reporter);
}

/// Where nobody watches any more. A launcher ends a process that stands still when it sees another one fail.
void refuse_to_end(double seconds, const Reporter& reporter) {
    end_if_another_has_spoken();
    std::_Exit(reporter.report(
        Error(ExitCode::failure,
              fmt::format("not all processes of this run have come to their end within {:.0f} s; what it has done is "
                          "complete, look at their machines",
                          seconds))));
}

ExitCode run_command(const comm::Communicator& world, comm::Watchdog& watchdog,
                     const std::vector<std::string>& arguments, const Warn& warn) {
    if (arguments.front() != to_string(Command::plan)) return run_session(world, watchdog, arguments, warn);
    plan(world, arguments, warn);
    return ExitCode::done;
}

int run_watched(const comm::Communicator& world, double patience, std::optional<system::Alarm>& alarm,
                const std::vector<std::string>& arguments, const Reporter& reporter) {
    comm::Watchdog watchdog(world, patience, [&](const Error& error) { die(error, reporter); });
    alarm.reset();
    try {
        return static_cast<int>(run_command(world, watchdog, arguments, reporter.warn));
    } catch (const AgreedError& error) {
        return reporter.report(error);
    } catch (const std::exception& error) {
        watchdog.end_all(as_error(error));
    }
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Reporter& reporter) {
    system::catch_stop_signals();
    const double patience = early_stall_timeout(arguments);
    const double own_patience = patience + kStaggerSeconds * comm::launch_from_environment().rank;
    std::optional<system::Alarm> alarm(std::in_place, own_patience, [&] { refuse_to_start(patience, reporter); });
    const comm::Environment mpi;
    int code = 0;
    try {
        const comm::Communicator world = comm::Communicator::world();
        comm::check_launch(world.size());
        code = run_watched(world, patience, alarm, arguments, reporter);
    } catch (const AgreedError& error) {
        code = reporter.report(error);
    } catch (const std::exception& error) {
        die(error, reporter);
    }
    alarm.emplace(own_patience, [&] { refuse_to_end(patience, reporter); });
    return code;
}

}  // namespace dropsweep::cli
