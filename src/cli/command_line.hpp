// Splits the arguments of a command into options and operands.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "dropsweep/cli/command_line.hpp"

namespace dropsweep::cli {

/// The operands that a command takes.
struct Operands {
    std::string names;  ///< as the usage line gives them, e.g. "MODEL IMAGES"; empty: none
    std::size_t least = 0;
    std::size_t most = 0;
};

/// The usage line and the options of a command, to add to.
boost::program_options::options_description describe_options(const std::string& command, const std::string& operands);

/// A value to add an option with. A switch that is off is turned on by its name alone.
/// @param name       of the value, e.g. "FILE"
/// @param otherwise  the default; empty: none
boost::program_options::typed_value<std::string>* text_value(const std::string& name,
                                                             const std::string& otherwise = "");

/// @param arguments  without the program's name, the command first
/// @throws Error  usage: an unknown or repeated option, one without its value or with an empty one, too few or too many
///                operands
CommandLine parse_command_line(const std::vector<std::string>& arguments,
                               const boost::program_options::options_description& options, const Operands& operands);

/// The options of the file that `line` names with --config, and the defaults of the others.
/// @param text  its content
/// @throws Error  usage: as parse_command_line; --config or --help in it
CommandLine::Values parse_config(const CommandLine& line, const std::string& text,
                                 const boost::program_options::options_description& options);

/// @throws Error  usage, always: `complaint`, and that the command's --help tells more
[[noreturn]] void refuse(const std::string& command, const std::string& complaint);

}  // namespace dropsweep::cli
