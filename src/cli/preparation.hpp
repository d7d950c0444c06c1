#pragma once

#include <map>
#include <string>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/cli/program.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/record/manifest.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/train/shared_dataset.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::cli {

/// Rank 0 reads the configuration file and checks everything; the other ranks repeat what is known to work.
/// Collective over world.
/// @throws AgreedError  on all ranks: as parse_options; missing_input: no configuration file
Options agree_on_options(const comm::Communicator& world, const std::vector<std::string>& arguments);

/// What rank 0 finds out before the start.
struct Preparation {
    data::Dataset dataset;
    record::DataProvenance data;
    std::map<std::string, std::string> metadata;  ///< of a model: what has to be known of its data
    std::vector<float> initial_weights;
    std::string config;         ///< the text of config.ini
    system::Digest identity{};  ///< of all that determines the bits of a trial, but its dropout and seed
};

/// Reads and checks data and initial weights. On rank 0; nothing here communicates.
/// @param options  in: as given; out: where data and initial weights lie, for every later start, and among the
///                 faults the settings that these weights or the memory do not fit
/// @throws Error  missing_input, bad_data; usage: they lie where config.ini cannot say
Preparation prepare(Options& options, const Warn& warn);

/// Gives every rank what prepare found out on rank 0, but for the data set. Collective.
void broadcast(const comm::Communicator& world, Preparation& ready);

/// What the trials train on, on every rank. Local: no communication.
/// @param ready  must outlive what is returned, like `shared`
sweep::ByChoices<train::Experiment> experiments_of(const train::SharedDataset& shared, const Preparation& ready,
                                                   const sweep::ByChoices<train::TrainingOptions>& trainings);

/// Of a batch of any setting.
std::size_t fewest_leaves(const sweep::ByChoices<train::TrainingOptions>& trainings, std::size_t training_samples);

/// What is known of the epochs before any trial has ended.
sweep::ByChoices<sweep::EpochForecast> forecasts_of(const sweep::ByChoices<train::TrainingOptions>& trainings);

}  // namespace dropsweep::cli
