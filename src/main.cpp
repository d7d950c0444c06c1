// The program dropsweep: runs the command that the arguments name, prints warnings and errors, returns the exit code.
#include <cstdio>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/program.hpp"
#include "dropsweep/comm/environment.hpp"
#include "dropsweep/comm/supervisor.hpp"
#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/system/standard_streams.hpp"
#include "dropsweep/text/error.hpp"

using namespace dropsweep;

namespace {

// Not by fmt::print, which throws when standard error is closed: a lost warning must not end the program.
void warn(const std::string& line) {
    std::fprintf(stderr, "dropsweep: warning: %s\n", one_line(line).c_str());
}

int report_error(const std::exception& exception) {
    const auto* agreed = dynamic_cast<const AgreedError*>(&exception);
    const Error error = as_error(exception);
    if (error.code() == ExitCode::interrupted) {
        warn(error.what());
    } else if (agreed == nullptr || agreed->reports()) {
        std::fprintf(stderr, "dropsweep: error: %s\n", error.what());
    }
    return static_cast<int>(error.code());
}

}  // namespace

int main(int argc, char** argv) {
    system::prepare_standard_streams();
    linalg::restart_with_better_blas_kernels();
    comm::supervise_rank();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    try {
        if (cli::needs_mpi(arguments)) return cli::run(arguments, {.warn = warn, .report = report_error});
        if (comm::launch_from_environment().rank == 0) cli::run_alone(arguments, warn);
        return 0;
    } catch (const std::exception& error) {  // without MPI, or MPI could not start
        return report_error(error);
    }
}
