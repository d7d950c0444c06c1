// Splits the arguments of a command into options and operands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace dropsweep::cli {

/// The arguments of a command. To Boost all values are text; values.hpp parses them, with better messages.
struct CommandLine {
    std::string command;
    boost::program_options::variables_map values;
    std::vector<std::string> operands;  ///< the arguments that belong to no option, e.g. MODEL

    bool has(const char* option) const { return values.count(option) != 0; }
    std::string text(const char* option) const { return values[option].as<std::string>(); }
    /// Empty without the option.
    std::string text_or_empty(const char* option) const { return has(option) ? text(option) : ""; }
};

/// The operands that a command takes.
struct Operands {
    std::string names;  ///< as the usage line gives them, e.g. "MODEL IMAGES"; empty: none
    std::size_t least = 0;
    std::size_t most = 0;
};

/// The usage line and the options of a command, to add to.
boost::program_options::options_description describe_options(const std::string& command, const std::string& operands);

/// @param arguments  without the program's name, the command first
/// @throws Error  usage: an unknown or repeated option, one without its value or with an empty one, too few or too many
///                operands
CommandLine parse_command_line(const std::vector<std::string>& arguments,
                               const boost::program_options::options_description& options, const Operands& operands);

/// The name of an option whose text is empty, if there is one.
std::optional<std::string> find_empty_value(const boost::program_options::variables_map& values);

/// Undoes text::hide_percents in the parsed values.
void show_percents(boost::program_options::variables_map& values);

/// @throws Error  usage, always: `complaint`, and that the command's --help tells more
[[noreturn]] void refuse(const std::string& command, const std::string& complaint);

}  // namespace dropsweep::cli
