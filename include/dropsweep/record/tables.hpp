#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/train/result.hpp"

// The tables of a run as text and as values: history.csv, summary.csv, timing.csv, settings.csv. Their columns are
// defined in results/README.md. Reading throws Error (missing_input, bad_data with file and line). Local: no
// communication.
namespace dropsweep::record {

/// The settings of a run in its directory, where they differ in more than dropout.
inline constexpr const char* kSettingsFile = "settings.csv";

/// What history.csv and summary.csv say about one trial.
struct TrialRecord {
    sweep::Trial trial;
    std::vector<train::EpochRecord> epochs;    ///< in order; without times when read back
    std::optional<train::TrialResult> result;  ///< none: the trial has not ended
};

/// One row of timing.csv.
struct TimingRow {
    enum class Event { epoch, trial, idle, sweep, prediction };
    Event event = Event::epoch;
    std::string trial;                   ///< empty for idle and sweep, and for the prediction of the whole sweep
    std::optional<std::uint32_t> epoch;  ///< of an epoch
    int first_rank = 0;
    int ranks = 1;
    double start_seconds = 0;  ///< since the start of the sweep; of no meaning for idle
    double seconds = 0;
    double training_seconds = 0;   ///< of an epoch, its training part
    double images_per_second = 0;  ///< of an epoch
};

/// Of which options the trials of a run have choices: those of the first one.
const sweep::Choices& choices_of(const std::vector<TrialRecord>& trials);

std::string history_csv(const std::vector<TrialRecord>& trials);
/// Trials that have not ended have no row.
std::string summary_csv(const std::vector<TrialRecord>& trials);
std::string timing_csv(const std::vector<TimingRow>& rows);

/// A setting on each line, as --settings takes it.
std::string settings_csv(const std::vector<sweep::Setting>& settings);

/// Trials with the rows of both files, in ascending order of setting, then seed.
std::vector<TrialRecord> read_trials(const std::filesystem::path& history, const std::filesystem::path& summary);
std::vector<sweep::Setting> read_settings(const std::filesystem::path& settings);
std::vector<TimingRow> read_timing(const std::filesystem::path& timing);

}  // namespace dropsweep::record
