#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/sweep/selection.hpp"

#include "run_directory.hpp"

// What a decision has and needs of the trials of its run. On rank 0; nothing here communicates.
namespace dropsweep::cli {

/// Of the seeds that the run has had for all its settings none is lost.
/// @param options  out: with these seeds too
/// @throws Error  usage: some are none of a decision
void take_earlier_seeds(const RunDirectory& directory, Options& options);

/// What is known of each trial; nothing more than its name of those that are not there.
/// @param trials  of the run; so many are returned
std::vector<record::TrialRecord> results_of(const std::vector<sweep::Trial>& trials,
                                            const std::vector<record::TrialRecord>& known);

/// Where the decision stands by these results.
/// @param results  as of results_of
/// @param faulty   trials of settings that cannot work
sweep::Selection selection_of(const Options& options, const std::set<std::size_t>& faulty,
                              const std::vector<record::TrialRecord>& results);

struct Kept {
    bool all_succeeded = true;
    bool has_changed = false;  ///< in the tables
};
/// Removes what no round of the decision needed.
Kept keep_what_is_needed(const RunDirectory& directory, const Options& options, const std::set<std::size_t>& faulty,
                         std::vector<record::TrialRecord> results);

}  // namespace dropsweep::cli
