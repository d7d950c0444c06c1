// The options of the commands as Boost.Program_options describes and parses them.
#pragma once

#include <array>

#include <boost/program_options.hpp>

#include "dropsweep/cli/options.hpp"

namespace dropsweep::cli {

// The values of options that take one of two words, the default first.
inline constexpr std::array kValidations = {"tail", "shuffled"};
inline constexpr std::array kDecideBy = {"val_loss", "val_accuracy"};
inline constexpr std::array kOnCorruption = {"stop", "go-on"};

/// Adds --data, --test, --label, --test-split and --validation.
void add_data_options(boost::program_options::options_description& options);

boost::program_options::options_description describe_run(Command command);

}  // namespace dropsweep::cli
