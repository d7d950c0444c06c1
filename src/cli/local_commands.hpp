// The commands that one process does alone, each in a file of its own.
#pragma once

#include <string>

#include <boost/program_options.hpp>

#include "dropsweep/cli/commands.hpp"

#include "command_line.hpp"

namespace dropsweep::cli {

struct LocalCommand {
    std::string name;
    std::string summary;  ///< one line for the list of commands
    Operands operands;
    void (*add_options)(boost::program_options::options_description& options);
    void (*run)(const CommandLine& line, const Warn& warn);
};

LocalCommand evaluate_command();
LocalCommand predict_command();
LocalCommand report_command();
LocalCommand export_command();

}  // namespace dropsweep::cli
