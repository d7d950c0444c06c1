// Command lines and configuration files: Boost.Program_options parses them, here are checks that it does not make.
#include "command_line.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/text/percent_escapes.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

/// Boost takes whatever follows an option for its value, be it the next option, as behind a variable of a shell that is
/// empty. Who means a value that begins so can write --name=--value.
void refuse_options_as_values(const std::string& command, const po::parsed_options& parsed) {
    for (const po::option& option : parsed.options) {
        const std::vector<std::string>& words = option.original_tokens;
        if (words.size() != 2 || !words[1].starts_with("--")) continue;
        refuse(command, text::unescape_percents(fmt::format("{} has no value: {} follows it", words[0], words[1])));
    }
}

/// The values as texts, and the defaults. What is no text is a flag, "on" or "off".
CommandLine::Values values_of(const po::parsed_options& parsed) {
    po::variables_map found;
    po::store(parsed, found);
    CommandLine::Values values;
    for (const auto& [name, value] : found) {
        const auto* text = boost::any_cast<std::string>(&value.value());
        const char* const flag = text == nullptr && value.as<bool>() ? "on" : "off";
        values[name] = {text != nullptr ? text::unescape_percents(*text) : flag, value.defaulted()};
    }
    return values;
}

/// The name of an option whose text is empty, which Boost accepts in some places.
std::optional<std::string> find_empty(const CommandLine::Values& values) {
    const auto found = std::ranges::find_if(values, [](const auto& entry) { return entry.second.text.empty(); });
    return found == values.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace

po::options_description describe_options(const std::string& command, const std::string& operands) {
    constexpr unsigned kColumns = 110;
    constexpr unsigned kDescriptionColumns = 60;
    const std::string space = operands.empty() ? "" : " ";
    po::options_description options(
        fmt::format("usage: dropsweep {}{}{} [options]\n\noptions", command, space, operands), kColumns,
        kDescriptionColumns);
    options.add_options()("help", "print this");
    return options;
}

po::typed_value<std::string>* text_value(const std::string& name, const std::string& otherwise) {
    auto* value = po::value<std::string>()->value_name(name);
    if (!otherwise.empty()) value->default_value(otherwise);
    if (otherwise == "off") value->implicit_value("on");
    return value;
}

void refuse(const std::string& command, const std::string& complaint) {
    throw Error(ExitCode::usage, fmt::format("{}; see dropsweep {} --help", complaint, command));
}

CommandLine parse_command_line(const std::vector<std::string>& arguments, const po::options_description& options,
                               const Operands& operands) {
    namespace style = po::command_line_style;
    CommandLine line;
    line.arguments = arguments;
    const std::string& command = line.command();
    const auto refuse_empty = [&](const std::string& option) {
        refuse(command, fmt::format("{} has an empty value", option));
    };
    try {
        std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
        for (std::string& argument : rest) argument = text::escape_percents(argument);
        const po::parsed_options parsed =
            po::command_line_parser(rest)
                .options(options)
                .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                .run();
        refuse_options_as_values(command, parsed);
        line.values = values_of(parsed);
        for (const std::string& operand : po::collect_unrecognized(parsed.options, po::include_positional)) {
            line.operands.push_back(text::unescape_percents(operand));
        }
    } catch (const po::invalid_command_line_syntax& error) {
        if (error.kind() == error.empty_adjacent_parameter)
            refuse_empty(text::unescape_percents(error.get_option_name()));
        refuse(command, text::unescape_percents(error.what()));
    } catch (const po::error& error) {
        refuse(command, text::unescape_percents(error.what()));
    }
    if (const auto option = find_empty(line.values)) refuse_empty("--" + *option);
    if (line.operands.size() > operands.most) {
        refuse(command, fmt::format("'{}' belongs to no option", line.operands[operands.most]));
    }
    if (line.operands.size() < operands.least) refuse(command, fmt::format("{} wants {}", command, operands.names));
    if (std::ranges::count(line.operands, "") > 0) refuse(command, fmt::format("{} is empty", operands.names));
    return line;
}

CommandLine::Values parse_config(const CommandLine& line, const std::string& text,
                                 const po::options_description& options) {
    try {
        std::istringstream config(text::escape_percents(text));
        CommandLine::Values values = values_of(po::parse_config_file(config, options));
        for (const char* name : {"config", "help"}) {
            if (values.contains(name)) throw po::error(fmt::format("'{}' makes no sense there", name));
        }
        if (const auto name = find_empty(values)) throw po::error(fmt::format("'{}' has an empty value", *name));
        return values;
    } catch (const po::error& error) {
        refuse(line.command(),
               fmt::format("in the file given with --config: {}", text::unescape_percents(error.what())));
    }
}

}  // namespace dropsweep::cli
