// The predicted classes of the test samples by all models of a run (predictions.npz).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/record/run_record.hpp"

// Local: no communication.
namespace dropsweep::record {

/// The content of predictions.npz.
struct TestPredictions {
    std::vector<std::uint8_t> labels;                         ///< [test samples] true classes
    std::map<std::string, std::vector<std::uint8_t>> trials;  ///< by trial id: [test samples] predicted classes
    bool operator==(const TestPredictions&) const = default;
};

/// Writes the predictions of one trial to models/<trial>.npy, beside its model. May be called on any rank.
/// @param predicted  [test samples]
/// @throws Error  io_error
void keep_predictions(const std::filesystem::path& directory, const std::string& trial,
                      std::span<const std::uint8_t> predicted);

/// Writes predictions.npz from the files of keep_predictions, unless it has this content. Does nothing in a build
/// without the feature npz, or if no trial has such a file.
/// @param labels  [test samples]
/// @throws Error  io_error; bad_data: a file is damaged or is not for as many test samples
void collect_predictions(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials,
                         std::span<const std::uint8_t> labels);

/// The predictions of a run, or of all merged parts; empty if there is no predictions.npz, or no feature npz.
/// @throws Error  bad_data: a file is not what dropsweep writes, two have different labels, or the accuracy of a trial
///                is not that of its record
TestPredictions read_predictions(const RunRecord& record);

/// Writes predictions.npz, unless there are no predictions.
/// @param trials  the order of the trials in the file
/// @throws Error  io_error
void write_predictions(const TestPredictions& predictions, const std::vector<TrialRecord>& trials,
                       const std::filesystem::path& directory);

}  // namespace dropsweep::record
