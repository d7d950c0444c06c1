// What a run tells about itself beside its tables: unequal machines, metadata of its models and of TensorBoard. Local.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::cli {

/// Warns once if the machines of the ranks differ in CPU or library and the results of `configuration` depend on them.
void warn_of_different_machines(const linalg::GemmConfiguration& configuration,
                                const std::vector<record::RankMachine>& machines, const Warn& warn);

/// The metadata of a trial's model file.
/// @param data  Preparation::metadata
std::map<std::string, std::string> model_metadata(const sweep::Trial& trial, std::map<std::string, std::string> data,
                                                  const train::TrainingOptions& training);

/// The options that TensorBoard shows: without paths, dropout, seeds and decision.
std::map<std::string, std::string> hyper_parameters(const Config& config);

}  // namespace dropsweep::cli
