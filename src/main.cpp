#include <cstdio>

#include <fmt/format.h>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/cli/run.hpp"
#include "dropsweep/comm/environment.hpp"
#include "dropsweep/core/blas.hpp"
#include "dropsweep/core/simd.hpp"
#include "dropsweep/report/manifest.hpp"

using namespace dropsweep;

namespace {

void say(const char* kind, const std::string& line) {
    fmt::print(stderr, "dropsweep: {}: {}\n", kind, line);
}

int report_error(const Error& error) {
    say("error", error.what());
    return static_cast<int>(error.code());
}

/// A fault of this rank alone, while others may be waiting for it.
[[noreturn]] void die(const Error& error) {
    comm::abort_all(report_error(error));
}

int run(const std::vector<std::string>& arguments) {
    const comm::Environment mpi;
    try {
        const comm::Communicator world = comm::Communicator::world();
        comm::check_launch(world.size());
        const cli::Reporter reporter{.warn = [](const std::string& line) { say("warning", line); }, .die = die};
        return static_cast<int>(cli::run(world, arguments, reporter));
    } catch (const AgreedError& error) {
        return error.speaks() ? report_error(error) : static_cast<int>(error.code());
    } catch (const Error& error) {
        die(error);
    } catch (const std::exception& error) {
        die(Error(ExitCode::failure, error.what()));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool first = comm::launch_from_environment().rank == 0;
    const cli::Request request = cli::requested(arguments);
    if (request != cli::Request::run) {
        if (first)
            fmt::print("{}", request == cli::Request::help ? cli::help_text(arguments)
                                                           : "dropsweep " + report::version() + "\n");
        return 0;
    }
    core::flush_denormals_to_zero();
    core::limit_blas_threads();
    try {
        return run(arguments);
    } catch (const Error& error) {  // MPI itself could not start
        return report_error(error);
    }
}
