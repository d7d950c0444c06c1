// A run directory read back: configuration, manifest, trials and times; and the merging of parts of a sweep.
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

/// One run, or the merged parts of a sweep. Statistics, plots and page are made from it.
struct RunRecord {
    std::vector<std::filesystem::path> directories;  ///< one, or the merged parts
    std::map<std::string, std::string> config;       ///< config.ini; of merged parts the common entries
    std::vector<nlohmann::ordered_json> manifests;   ///< manifest.json of each directory, or of each merged part
    std::vector<TrialRecord> trials;                 ///< by setting, then seed; those that never started too
    std::vector<TimingRow> timing;                   ///< of merged parts: as if their ranks had been those of one job
};

/// Reads "1,2,5".
/// @throws Error  usage: it is no list of seeds
std::vector<std::uint64_t> parse_seed_list(const std::string& text);

/// Reads config.ini, manifest.json, history.csv, summary.csv and timing.csv of a run, and if they exist settings.csv
/// and checksums.txt. Its trials are those of the tables and those that config.ini (or settings.csv) and its seeds
/// name. Local: no communication.
/// @throws Error  missing_input: a file is missing; bad_data: a file is not what dropsweep wrote (with file and line)
RunRecord read_run(const std::filesystem::path& directory);

/// The value of a manifest at a JSON pointer, e.g. "/plan/ranks"; null if there is none.
nlohmann::ordered_json value_at(const nlohmann::ordered_json& manifest, const char* pointer);

/// Samples in the test set; none: the manifest does not say.
std::optional<std::size_t> test_samples(const RunRecord& record);
/// Whether the samples are images and not rows of a table; true if the manifest does not say.
bool has_images(const RunRecord& record);

/// The rules of a decision in config.ini; none: the run is no decision, or an entry is not what dropsweep writes.
std::optional<sweep::DecisionRules> decision_rules(const RunRecord& record);

/// Merges the parts of one sweep, such as the tasks of a job array. A trial that a part has not started is taken from
/// another part. Local: no communication.
/// @throws Error  usage: two parts have trained the same trial, or differ in an option that is not swept, in the swept
///                options, in the data or in the precision; the message names the directories and what differs
RunRecord merge_runs(const std::vector<RunRecord>& parts);

/// Writes the files that read_run reads. Local: no communication.
/// @param directory  without checksums.txt, which is not rewritten
/// @throws Error  io_error
void write_run(const RunRecord& record, const std::filesystem::path& directory);

}  // namespace dropsweep::record
