#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/record/tables.hpp"
#include "dropsweep/sweep/selection.hpp"

// The results of a decision. Local: no communication.
namespace dropsweep::record {

/// rounds.csv; its columns are defined in results/README.md.
/// @param trials  all that the decision may come to have, in its order
std::string rounds_csv(const sweep::Decision& decision, const sweep::DecisionRules& rules,
                       const std::vector<TrialRecord>& trials);

/// Leaves in a run directory what the decision needs, and writes rounds.csv: rows, models and event files of trials
/// that were begun and became needless go. Again and again it leaves the same.
/// @param trials  as above
/// @return  whether a table has changed
/// @throws Error  io_error
bool keep_what_is_needed(const std::filesystem::path& directory, const sweep::Selection& selection,
                         const sweep::DecisionRules& rules, const std::vector<TrialRecord>& trials);

}  // namespace dropsweep::record
