#pragma once

#include <boost/program_options.hpp>

#include "dropsweep/cli/options.hpp"

namespace dropsweep::cli {

/// The options of `sweep`, `train` or `plan`.
boost::program_options::options_description describe_run(Command command);

}  // namespace dropsweep::cli
