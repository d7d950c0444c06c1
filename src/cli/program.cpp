// Runs the commands that need all ranks, and MPI from its start to its end.
#include "dropsweep/cli/program.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/comm/environment.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/system/alarm.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/stop_signal.hpp"

#include "planning.hpp"
#include "session.hpp"

namespace dropsweep::cli {
namespace {

/// Ends all processes because of an error of this rank alone, for which others may be waiting.
[[noreturn]] void die(const std::exception& error, const Reporter& reporter) {
    system::end_writes();
    comm::abort_all(reporter.report(error));
}

// When a rank is missing at the start or at the end, the alarms of all others ring. One is to report it; when that one
// ends, the launcher ends the others: Open MPI's sends SIGCONT and a second later SIGTERM.
constexpr std::chrono::milliseconds kSigtermDelay(1500);
/// Rank r waits r times this long more, so that the alarms ring one after the other.
constexpr double kStaggerSeconds = 2;

/// Called by a rank before it reports: ends it quietly if the launcher has sent SIGTERM, because another has reported.
void exit_if_another_rank_reports() {
    std::this_thread::sleep_for(kSigtermDelay);
    if (system::stop_signal() != 0) std::_Exit(static_cast<int>(ExitCode::interrupted));
}

/// The alarm for the time before there is a watchdog.
void refuse_to_start(double seconds, const Reporter& reporter) {
    exit_if_another_rank_reports();
    die(Error(
            ExitCode::failure,
            fmt::format("not all processes of this run have started within {:.0f} s; look at their machines, or give a "
                        "longer --stall-timeout",
                        seconds)),
        reporter);
}

/// The alarm for the time after the watchdog, in MPI_Finalize. The exit code makes the launcher end the missing ranks.
void refuse_to_end(double seconds, const Reporter& reporter) {
    exit_if_another_rank_reports();
    std::_Exit(reporter.report(
        Error(ExitCode::failure,
              fmt::format("not all processes of this run have come to their end within {:.0f} s; what it has done is "
                          "complete, look at their machines",
                          seconds))));
}

ExitCode run_command(const comm::Communicator& world, comm::Watchdog& watchdog, const CommandLine& line,
                     const Warn& warn) {
    if (line.command() != to_string(Command::plan)) return run_session(world, watchdog, line, warn);
    plan(world, line, warn);
    return ExitCode::done;
}

int run_watched(const comm::Communicator& world, double patience, std::optional<system::Alarm>& alarm,
                const CommandLine& line, const Reporter& reporter) {
    comm::Watchdog watchdog(world, patience, [&](const Error& error) { die(error, reporter); });
    alarm.reset();
    try {
        return static_cast<int>(run_command(world, watchdog, line, reporter.warn));
    } catch (const AgreedError& error) {
        return reporter.report(error);
    } catch (const std::exception& error) {
        watchdog.end_all(as_error(error));
    }
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Reporter& reporter) {
    system::catch_stop_signals();
    CommandLine line;
    double patience = Options().stall_timeout;
    // Errors of the command line are thrown when all ranks can agree on them.
    const comm::WorkResult parsed = comm::result_of([&] {
        line = parse_run(arguments);
        patience = stall_timeout_of(line);
    });
    const double own_patience = patience + kStaggerSeconds * comm::launch_from_environment().rank;
    std::optional<system::Alarm> alarm(std::in_place, own_patience, [&] { refuse_to_start(patience, reporter); });
    const comm::Environment mpi;
    int code = 0;
    try {
        const comm::Communicator world = comm::Communicator::world();
        comm::check_launch(world.size());
        comm::run_on_all_ranks(world, [&] {
            if (parsed.code != ExitCode::done) throw Error(parsed.code, parsed.message);
        });
        code = run_watched(world, patience, alarm, line, reporter);
    } catch (const AgreedError& error) {
        code = reporter.report(error);
    } catch (const std::exception& error) {
        die(error, reporter);
    }
    alarm.emplace(own_patience, [&] { refuse_to_end(patience, reporter); });
    return code;
}

}  // namespace dropsweep::cli
