// Runs the commands that need all ranks, and MPI from its start to its end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"

namespace dropsweep::cli {

/// What main() prints.
struct Reporter {
    Warn warn;
    std::function<int(const std::exception&)> report;  ///< writes an error on standard error; returns its exit code
};

/// Runs `dropsweep sweep`, `train` or `plan` from the arguments (without the program's name), and MPI from its start to
/// its end. Collective over all processes of the launch. They are watched from start to end: when one stalls, another
/// ends all of them.
/// @return  the exit code, equal on all ranks that come to the end
int run(const std::vector<std::string>& arguments, const Reporter& reporter);

}  // namespace dropsweep::cli
