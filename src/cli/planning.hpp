// The command `dropsweep plan`.
#pragma once

#include "dropsweep/cli/command_line.hpp"
#include "dropsweep/cli/commands.hpp"
#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::cli {

/// Runs `dropsweep plan`: calibrates on the ranks of world and prints how long a sweep is expected to take on another
/// machine. With --output DIR it writes plan.csv and the plot there. Collective over world.
/// @throws AgreedError  on all ranks: wrong usage, unusable data or output
void plan(const comm::Communicator& world, const CommandLine& line, const Warn& warn);

}  // namespace dropsweep::cli
