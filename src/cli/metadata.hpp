#pragma once

#include <map>
#include <string>
#include <vector>

#include "dropsweep/cli/program.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/training_options.hpp"

// What a run says of itself, beside its tables. Local: no communication.
namespace dropsweep::cli {

/// Where results depend on the machine, and the machines of a run differ.
void warn_of_different_machines(const linalg::GemmConfiguration& configuration,
                                const std::vector<record::RankMachine>& machines, const Warn& warn);

/// Of the model of a trial.
/// @param data  what has to be known of the data
std::map<std::string, std::string> model_metadata(const sweep::Trial& trial, std::map<std::string, std::string> data,
                                                  const train::TrainingOptions& training);

/// For TensorBoard.
/// @param config  the text of config.ini
std::map<std::string, std::string> hyper_parameters(const std::string& config);

}  // namespace dropsweep::cli
