// The trials of a decision (--decide): results that its run has, and what it needs of them. On rank 0, local.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/sweep/selection.hpp"

#include "run_directory.hpp"

namespace dropsweep::cli {

/// Adds the seeds that all settings had at earlier starts of the run to options.seeds.
/// @throws Error  usage: one is not from 1 to options.decision->most_seeds
void take_earlier_seeds(const RunDirectory& directory, Options& options);

/// The records of `trials`, [trials]: those that are among `known`, for the others records without a result.
std::vector<record::TrialRecord> results_of(const std::vector<sweep::Trial>& trials,
                                            const std::vector<record::TrialRecord>& known);

/// The state of the decision after these results.
/// @param results  of results_of
/// @param faulty   indices of the trials whose settings cannot work; they count as trials without a model
sweep::Selection selection_of(const Options& options, const std::set<std::size_t>& faulty,
                              const std::vector<record::TrialRecord>& results);

/// Removes the trials that no round of the decision needed from the run directory. Parameters as of selection_of.
/// @return  whether a table has changed
bool keep_what_is_needed(const RunDirectory& directory, const Options& options, const std::set<std::size_t>& faulty,
                         std::vector<record::TrialRecord> results);

}  // namespace dropsweep::cli
