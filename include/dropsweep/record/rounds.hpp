// The rounds of a decision: rounds.csv, and removal of trials that the decision does not need.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/record/tables.hpp"
#include "dropsweep/sweep/selection.hpp"

// Local: no communication.
namespace dropsweep::record {

/// The text of rounds.csv; its columns are defined in results/README.md.
/// @param trials  all trials that the decision may need, numbered as in Selection
std::string rounds_csv(const sweep::Decision& decision, const sweep::DecisionRules& rules,
                       const std::vector<TrialRecord>& trials);

/// Removes the rows in summary.csv and history.csv, the models and the event files of trials that the decision does not
/// need from a run directory, and writes rounds.csv. Idempotent.
/// @param trials  as above
/// @return  whether one of the three files has changed
/// @throws Error  io_error
bool keep_what_is_needed(const std::filesystem::path& directory, const sweep::Selection& selection,
                         const sweep::DecisionRules& rules, const std::vector<TrialRecord>& trials);

}  // namespace dropsweep::record
