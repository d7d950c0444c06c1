// The options of the commands as Boost.Program_options describes and parses them.
#pragma once

#include <boost/program_options.hpp>

#include "dropsweep/cli/options.hpp"

#include "command_line.hpp"

namespace dropsweep::cli {

/// Adds --data, --test, --label, --test-split and --validation.
void add_data_options(boost::program_options::options_description& options);
/// What the options of add_data_options were given. @throws Error  usage: a malformed value
DataOptions data_options(const CommandLine& line);

/// The options of `sweep`, `train` or `plan`.
boost::program_options::options_description describe_run(Command command);

}  // namespace dropsweep::cli
