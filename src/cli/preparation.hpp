#pragma once

#include <string>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/cli/run.hpp"
#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/sha256.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/report/manifest.hpp"

namespace dropsweep::cli {

/// What rank 0 finds out before the start.
struct Preparation {
    data::Dataset dataset;
    report::DataProvenance data;
    std::vector<float> initial_weights;
    std::string config;       ///< the text of config.ini
    core::Digest identity{};  ///< of all that determines the bits of a trial, but its dropout and seed
};

/// Reads and checks data and initial weights. On rank 0; nothing here communicates.
/// @param options  in: as given; out: where data and initial weights lie, for every later start
/// @throws Error  missing_input, bad_data; usage: they lie where config.ini cannot say
Preparation prepare(Options& options, const Warn& warn);

/// Sets config and identity.
/// @param options  with the shards of the plan
void settle(Preparation& ready, const Options& options);

/// Gives every rank what rank 0 found out, but for the data set. Collective.
void broadcast(const comm::Communicator& world, Preparation& ready);

}  // namespace dropsweep::cli
