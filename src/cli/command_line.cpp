#include "command_line.hpp"

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/text/percent.hpp"

namespace dropsweep::cli {
namespace {

namespace po = boost::program_options;

/// Catches the arguments that belong to no option.
constexpr const char* kOperands = "argument without an option";

/// Boost takes whatever follows an option for its value, be it the next option, as behind a variable of a shell that is
/// empty. Who means a value that begins so can write --name=--value.
void refuse_options_as_values(const std::string& command, const po::parsed_options& parsed) {
    for (const po::option& option : parsed.options) {
        const std::vector<std::string>& words = option.original_tokens;
        if (words.size() != 2 || !words[1].starts_with("--")) continue;
        refuse(command, text::show_percents(fmt::format("{} has no value: {} follows it", words[0], words[1])));
    }
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

void refuse(const std::string& command, const std::string& complaint) {
    throw Error(ExitCode::usage, fmt::format("{}; see dropsweep {} --help", complaint, command));
}

std::optional<std::string> find_empty_value(const po::variables_map& values) {
    for (const auto& [name, value] : values) {
        const auto* text = boost::any_cast<std::string>(&value.value());
        if (text != nullptr && text->empty()) return name;
    }
    return std::nullopt;
}

void show_percents(po::variables_map& values) {
    for (auto& [name, value] : values) {
        if (auto* text = boost::any_cast<std::string>(&value.value())) *text = text::show_percents(*text);
        auto* texts = boost::any_cast<std::vector<std::string>>(&value.value());
        if (texts == nullptr) continue;
        for (std::string& text : *texts) text = text::show_percents(text);
    }
}

CommandLine parse_command_line(const std::vector<std::string>& arguments, const po::options_description& options,
                               const Operands& operands) {
    namespace style = po::command_line_style;
    CommandLine line;
    line.command = arguments.front();
    const auto refuse_empty = [&line](const std::string& option) {
        refuse(line.command, fmt::format("{} has an empty value", option));
    };
    try {
        std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
        for (std::string& argument : rest) argument = text::hide_percents(argument);
        po::options_description all(options);
        all.add_options()(kOperands, po::value<std::vector<std::string>>());
        const po::parsed_options parsed =
            po::command_line_parser(rest)
                .options(all)
                .positional(po::positional_options_description().add(kOperands, -1))
                .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                .run();
        refuse_options_as_values(line.command, parsed);
        po::store(parsed, line.values);
        show_percents(line.values);
    } catch (const po::invalid_command_line_syntax& error) {
        if (error.kind() == error.empty_adjacent_parameter) refuse_empty(text::show_percents(error.get_option_name()));
        refuse(line.command, text::show_percents(error.what()));
    } catch (const po::error& error) {
        refuse(line.command, text::show_percents(error.what()));
    }
    if (const auto option = find_empty_value(line.values)) refuse_empty("--" + *option);
    if (line.has(kOperands)) line.operands = line.values[kOperands].as<std::vector<std::string>>();
    if (line.operands.size() > operands.most) {
        refuse(line.command, fmt::format("'{}' belongs to no option", line.operands[operands.most]));
    }
    if (line.operands.size() < operands.least)
        refuse(line.command, fmt::format("{} wants {}", line.command, operands.names));
    for (const std::string& operand : line.operands) {
        if (operand.empty()) refuse(line.command, fmt::format("{} is empty", operands.names));
    }
    return line;
}

}  // namespace dropsweep::cli
