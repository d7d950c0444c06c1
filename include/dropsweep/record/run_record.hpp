#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "dropsweep/record/tables.hpp"
#include "dropsweep/sweep/decision.hpp"

namespace dropsweep::record {

/// A run directory read back, or several of one sweep merged: all that statistics, plots and page are made from.
struct RunRecord {
    std::vector<std::filesystem::path> directories;  ///< one, or the merged parts
    std::map<std::string, std::string> config;       ///< config.ini; of merged parts what they have in common
    std::vector<nlohmann::ordered_json> manifests;   ///< manifest.json of each directory, or of each merged part
    std::vector<TrialRecord> trials;                 ///< by dropout, then seed; those that never started too
    std::vector<TimingRow> timing;                   ///< merged: ranks and seconds as if the parts were one job
};

/// "1,2,5", as config.ini has it. @throws Error  usage: it is no list of seeds
std::vector<std::uint64_t> parse_seed_list(const std::string& text);

/// Reads history.csv, summary.csv, timing.csv, config.ini and manifest.json of a run, and where it is there
/// checksums.txt. Its trials are those of both tables and, where config.ini names dropout and seeds, all of those.
/// Local: no communication.
/// @throws Error  missing_input: one of them is not there; bad_data: one is not what dropsweep wrote (file and line)
RunRecord read_run(const std::filesystem::path& directory);

/// Images in the test set; none where the manifest does not say it.
std::optional<std::size_t> test_samples(const RunRecord& record);
/// Whether they are images, and no rows of a table.
bool has_images(const RunRecord& record);

/// What config.ini says of a decision; none: it was none, or it is not what dropsweep writes.
std::optional<sweep::DecisionRules> decision_rules(const RunRecord& record);

/// Joins the parts of one sweep, such as the tasks of a job array. A trial that one of them did not start is that of
/// another. Local: no communication.
/// @throws Error  usage: two hold the same trial, or differ in a setting other than dropout and seeds, in the data or
///                in the precision; the message names the directories and what differs
RunRecord merge_runs(const std::vector<RunRecord>& parts);

/// Writes the six files that read_run reads. Local: no communication.
/// @throws Error  io_error
void write_run(const RunRecord& record, const std::filesystem::path& directory);

}  // namespace dropsweep::record
