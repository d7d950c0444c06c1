// The arguments of a command, taken apart into the texts of its options and its operands.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace dropsweep::cli {

/// An option as errors name it, "--epochs", and its text.
struct OptionValue {
    std::string option;
    std::string text;
};

/// All options are texts, which the functions of src/cli/values.hpp read: their messages name option, fault and remedy.
/// Here options go by their names without dashes.
struct CommandLine {
    struct Value {
        std::string text;
        bool is_default = false;
    };
    using Values = std::map<std::string, Value>;

    std::vector<std::string> arguments;  ///< without the program's name, the command first
    Values values;                       ///< of the options that are given or have a default
    std::vector<std::string> operands;   ///< the arguments that belong to no option, e.g. MODEL

    const std::string& command() const { return arguments.front(); }
    bool has(const std::string& name) const { return values.contains(name); }
    bool is_given(const std::string& name) const { return has(name) && !values.at(name).is_default; }
    const std::string& text(const std::string& name) const { return values.at(name).text; }
    /// Empty without the option.
    std::string text_or_empty(const std::string& name) const { return has(name) ? text(name) : ""; }
    OptionValue value(const std::string& name) const { return {"--" + name, text(name)}; }
};

}  // namespace dropsweep::cli
