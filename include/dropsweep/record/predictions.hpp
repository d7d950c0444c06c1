#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/record/run_record.hpp"

// What the models of a run say of the test samples. Local: no communication.
namespace dropsweep::record {

/// predictions.npz.
struct TestPredictions {
    std::vector<std::uint8_t> labels;                         ///< [test samples] true classes
    std::map<std::string, std::vector<std::uint8_t>> trials;  ///< [test samples] predicted ones, by the trials' ids
    bool operator==(const TestPredictions&) const = default;
};

/// Keeps those of one trial beside its model. Any rank.
/// @throws Error  io_error
void keep_predictions(const std::filesystem::path& directory, const std::string& trial,
                      std::span<const std::uint8_t> predicted);

/// Writes predictions.npz from what was kept of these trials, if it is not there yet.
/// @throws Error  io_error; bad_data: what was kept is damaged, or of other test samples
void collect_predictions(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials,
                         std::span<const std::uint8_t> labels);

/// Those of a run, or of all parts of one sweep; nothing where there is no predictions.npz.
/// @throws Error  bad_data: one is not what dropsweep writes, two are of different test samples, or a trial has another
///                accuracy by its record
TestPredictions read_predictions(const RunRecord& record);

/// @param trials  in whose order they are written
/// @throws Error  io_error
void write_predictions(const TestPredictions& predictions, const std::vector<TrialRecord>& trials,
                       const std::filesystem::path& directory);

}  // namespace dropsweep::record
