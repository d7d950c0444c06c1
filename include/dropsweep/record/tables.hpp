// The tables of a run as text and as values: history.csv, summary.csv, timing.csv, settings.csv.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/result.hpp"

// The columns are defined in results/README.md. Reading throws Error (missing_input, bad_data with file and line).
// Local: no communication.
namespace dropsweep::record {

/// The file of the settings in a run directory; it exists if they differ in more than dropout or were given as a list.
inline constexpr const char* kSettingsFile = "settings.csv";

/// The rows of one trial in history.csv and summary.csv.
struct TrialRecord {
    sweep::Trial trial;
    std::vector<train::EpochRecord> epochs;    ///< in order; without times when read back
    std::optional<train::TrialResult> result;  ///< none: the trial has not ended

    /// Whether it has ended with weights to judge it by.
    bool counts() const { return result && result->has_weights(); }
    std::string_view status() const { return result ? to_string(result->status) : "not ended"; }
};

/// One row of timing.csv.
struct TimingRow {
    enum class Event { epoch, trial, idle, sweep, prediction };
    Event event = Event::epoch;
    std::string trial = {};                   ///< id; empty for idle, sweep and the prediction of the sweep
    std::optional<std::uint32_t> epoch = {};  ///< for event epoch
    int first_rank = 0;
    int ranks = 1;
    double start_seconds = 0;  ///< since the start of the sweep; unused for idle
    double seconds = 0;
    double training_seconds = 0;   ///< of an epoch, its training part
    double images_per_second = 0;  ///< of an epoch
    double end_seconds() const { return start_seconds + seconds; }
};

/// The choices of the first trial, whose options are those of all trials; empty without trials.
const sweep::Choices& choices_of(const std::vector<TrialRecord>& trials);

std::string history_csv(const std::vector<TrialRecord>& trials);
/// Trials that have not ended have no row.
std::string summary_csv(const std::vector<TrialRecord>& trials);
std::string timing_csv(const std::vector<TimingRow>& rows);

/// One line for each setting, as --settings reads it.
/// @param settings  at least one
std::string settings_csv(const std::vector<sweep::Setting>& settings);

/// The trials of both files, by ascending setting, then seed.
std::vector<TrialRecord> read_trials(const std::filesystem::path& history, const std::filesystem::path& summary);
std::vector<sweep::Setting> read_settings(const std::filesystem::path& settings);
std::vector<TimingRow> read_timing(const std::filesystem::path& timing);

}  // namespace dropsweep::record
