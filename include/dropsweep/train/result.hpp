// The records of a trial: progress, epochs and result.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "dropsweep/system/sha256.hpp"

namespace dropsweep::train {

inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

/// Mean loss in nats and fraction of correct predictions over a set.
struct Evaluation {
    double loss = kNotANumber;
    double accuracy = kNotANumber;
};

/// One row of history.csv, and times. Trivially copyable: it is sent as a message.
struct EpochRecord {
    std::uint32_t epoch = 0;      ///< from 0
    Evaluation training;          ///< over the epoch's steps, with dropout and class weights; not finite: diverged
    Evaluation validation;        ///< after the epoch, without either; not finite: diverged
    double training_seconds = 0;  ///< of the epoch's steps
    double validation_seconds = 0;
};

/// How far a trial is. Trivially copyable: it is sent as a message.
struct StepProgress {
    std::uint32_t epoch = 0;
    std::uint64_t step = 0;     ///< completed steps of this epoch
    std::uint64_t samples = 0;  ///< of this epoch that these steps have processed
};

enum class Status : std::uint8_t { completed, early_stopped, diverged, failed };

constexpr std::string_view to_string(Status status) {
    switch (status) {
        case Status::completed:
            return "completed";
        case Status::early_stopped:
            return "early_stopped";
        case Status::diverged:
            return "diverged";
        case Status::failed:
            return "failed";
    }
    return "";
}

/// One row of summary.csv. Trivially copyable: it is sent as a message.
struct TrialResult {
    Status status = Status::failed;
    std::uint32_t epochs = 0;  ///< epochs in the history
    std::uint32_t best_epoch = 0;
    double best_val_loss = kNotANumber;
    Evaluation validation;            ///< with the final weights: the last or, if restored, the best ones
    Evaluation test;                  ///< likewise
    system::Digest weights_sha256{};  ///< of the flat weights; zero without has_weights()
    bool has_weights() const { return status == Status::completed || status == Status::early_stopped; }
};

}  // namespace dropsweep::train
