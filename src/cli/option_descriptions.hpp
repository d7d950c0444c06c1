#pragma once

#include <boost/program_options.hpp>

#include "dropsweep/cli/options.hpp"

#include "command_line.hpp"

namespace dropsweep::cli {

/// Those that say what the data is: --data, --test, --label, --test-split, --validation.
void add_data_options(boost::program_options::options_description& options);
DataOptions data_options(const CommandLine& line);

/// The options of `sweep`, `train` or `plan`.
boost::program_options::options_description describe_run(Command command);

}  // namespace dropsweep::cli
