// The training options as texts: as in the command line, config.ini and the columns of settings.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/cli/command_line.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::cli {

/// How the value of an option is read and written.
struct OptionType {
    std::string value_name;  ///< as --help has it, e.g. "N" or "on|off"
    std::function<void(const OptionValue&, train::TrainingOptions&)> parse;
    /// What the command line, config.ini and the columns of settings have of it: reading it gives an equal option.
    /// Empty: the training has none.
    std::function<std::string(const train::TrainingOptions&)> text;
    bool has_default = true;  ///< that of train::TrainingOptions; else it depends on other options
};

struct TrainingOption {
    const char* name;
    const char* help;
    OptionType type;
    /// Left out of config.ini with its default, which is what versions without the option did: their runs go on.
    bool omits_default = false;

    /// Empty: it has none.
    std::string default_text() const { return type.has_default ? type.text({}) : ""; }
};

/// In the order of --help and config.ini.
const std::vector<TrainingOption>& training_options();

/// What a training has of one of them.
std::string text_of(const train::TrainingOptions& training, std::string_view option);

/// The options of one setting. One that its optimizer does not have is left out of account.
/// @throws Error  usage: as the functions of values.hpp; options that do not fit together
train::TrainingOptions parse_training(const CommandLine& line);

/// @throws Error  usage: an option is given that none of the optimizers has
void require_optimizer_options(const CommandLine& line, std::span<const train::TrainingOptions> trainings);

}  // namespace dropsweep::cli
