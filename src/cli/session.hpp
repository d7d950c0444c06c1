#pragma once

#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

/// `sweep` or `train`, to the table at the end. Collective over world.
/// @param watchdog  over world, which ends the run at once for a stop signal outside of training and at the end of its
/// time
/// @return  done, trial_failed or interrupted; equal on all ranks
/// @throws AgreedError  on all ranks: wrong usage, unusable data or output
ExitCode run_session(const comm::Communicator& world, comm::Watchdog& watchdog,
                     const std::vector<std::string>& arguments, const Warn& warn);

}  // namespace dropsweep::cli
