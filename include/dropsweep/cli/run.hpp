#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/error.hpp"

namespace dropsweep::cli {

/// What only the program itself may do.
struct Reporter {
    Warn warn;
    std::function<void(const Error&)> die;  ///< reports the error and ends all ranks; does not return
};

/// Runs `dropsweep sweep`, `train` or `plan` from the arguments (without the program's name) to the table at the end.
/// Collective over world.
/// @return  done, or trial_failed; equal on all ranks
/// @throws AgreedError  on all ranks: wrong usage, unusable data or output
ExitCode run(const comm::Communicator& world, const std::vector<std::string>& arguments, const Reporter& reporter);

}  // namespace dropsweep::cli
