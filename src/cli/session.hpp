// The commands `dropsweep sweep` and `dropsweep train`.
#pragma once

#include "dropsweep/cli/command_line.hpp"
#include "dropsweep/cli/commands.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::cli {

/// Runs `sweep` or `train`, from the options to the printed results. Collective over world.
/// @param watchdog  over world; made to end the run when its time is up, and outside of training also on a stop signal
/// @return  done, trial_failed or interrupted; equal on all ranks
/// @throws AgreedError  on all ranks: wrong usage, unusable data or output
ExitCode run_session(const comm::Communicator& world, comm::Watchdog& watchdog, const CommandLine& line,
                     const Warn& warn);

}  // namespace dropsweep::cli
