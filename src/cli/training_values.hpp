#pragma once

#include <span>
#include <string>
#include <vector>

#include "dropsweep/train/training_options.hpp"

#include "command_line.hpp"

// The training options as texts: what the command line, config.ini and the columns of settings have of them.
namespace dropsweep::cli {

/// Those of one setting. An option that its optimizer does not have is left out of account.
/// @throws Error  usage: as the functions of values.hpp
train::TrainingOptions parse_training(const CommandLine& line);

/// @throws Error  usage: an option is given that none of the optimizers has
void require_optimizer_options(const CommandLine& line, std::span<const train::TrainingOptions> trainings);

struct OptionText {
    const char* option;
    std::string text;
    bool omitted = false;  ///< from config.ini: what earlier versions did, whose runs go on
};

/// The reverse: each option that the optimizer has, in the order of config.ini. Reading them gives equal options.
std::vector<OptionText> texts_of(const train::TrainingOptions& training);

}  // namespace dropsweep::cli
