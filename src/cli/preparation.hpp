// What happens before training: all ranks agree on the options, rank 0 reads and checks data and weights.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/cli/options.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/record/tables.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/train/shared_dataset.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::cli {

/// Rank 0 reads configuration file and settings table and parses the options; if that succeeds every rank parses the
/// same texts. Collective over world.
/// @throws AgreedError  on all ranks: as parse_options; missing_input, bad_data: the files
Options agree_on_options(const comm::Communicator& world, CommandLine line);

/// What rank 0 determines before training.
struct Preparation {
    data::Dataset dataset;
    record::DataProvenance data;
    std::map<std::string, std::string> metadata;  ///< about the data, for each model file
    std::vector<float> initial_weights;
    Config config;
    /// Digest of config.ini (without paths, seeds and decision), data and initial weights, for checkpoints.
    system::Digest identity{};
};

/// Reads and checks data and initial weights. On rank 0; local: no communication.
/// @param options  in: as given; out: with absolute paths of data and initial weights, and with faults for the settings
///                 that do not fit these weights or into memory
/// @throws Error  missing_input, bad_data; usage: a path that config.ini cannot hold; failure: no network fits into
///                memory
Preparation prepare(Options& options, const Warn& warn);

/// Gives every rank what it needs of rank 0's preparation beside the data set: initial weights, metadata, identity and
/// number of classes. Collective over world.
void broadcast(const comm::Communicator& world, Preparation& ready);

/// The experiment of each choice of training options. Local: no communication.
/// @param shared, ready  must outlive what is returned
sweep::ByChoices<train::Experiment> experiments_of(const train::SharedDataset& shared, const Preparation& ready,
                                                   const sweep::ByChoices<train::TrainingOptions>& trainings);

/// That a trial of any setting may train.
std::uint32_t most_epochs(const sweep::ByChoices<train::TrainingOptions>& trainings);

/// What is known of the epochs of trials by those that have ended.
sweep::ByChoices<sweep::EpochForecast> forecasts_of(const sweep::ByChoices<train::TrainingOptions>& trainings,
                                                    const std::vector<record::TrialRecord>& ended = {});

/// @throws Error  usage: a fault names a rank, trial or step that the run does not have
void check_injected_faults(const Options& options, const std::vector<sweep::Trial>& trials, int ranks);

}  // namespace dropsweep::cli
