// The command `dropsweep plan`.
#pragma once

#include <string>
#include <vector>

#include "dropsweep/cli/program.hpp"
#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::cli {

/// Runs `dropsweep plan`: calibrates on the ranks of world and prints how long a sweep is expected to take on another
/// machine. With --output DIR it writes plan.csv and the plot there. Collective over world.
/// @throws AgreedError  on all ranks: wrong usage, unusable data or output
void plan(const comm::Communicator& world, const std::vector<std::string>& arguments, const Warn& warn);

}  // namespace dropsweep::cli
