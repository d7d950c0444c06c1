// The training options as texts: as in the command line, config.ini and the columns of settings.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dropsweep/train/training_options.hpp"

#include "command_line.hpp"

namespace dropsweep::cli {

/// Parses the training options of one setting. Options that its optimizer does not have are ignored.
/// @throws Error  usage: as the functions of values.hpp
train::TrainingOptions parse_training(const CommandLine& line);

/// @throws Error  usage: an option is given that none of the optimizers has
void require_optimizer_options(const CommandLine& line, std::span<const train::TrainingOptions> trainings);

struct OptionText {
    const char* option;
    std::string text;
    bool omitted = false;  ///< from config.ini: as in versions without the option, whose runs go on
};

/// The reverse of parse_training: each option that the optimizer has, in the order of config.ini.
std::vector<OptionText> texts_of(const train::TrainingOptions& training);

}  // namespace dropsweep::cli
