#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "dropsweep/system/sha256.hpp"

namespace dropsweep::train {

inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

/// Mean loss in nats and share of correct predictions over a set.
struct Evaluation {
    double loss = kNotANumber;
    double accuracy = kNotANumber;
};

/// One row of history.csv and its times. Trivially copyable: it travels as a message.
struct EpochRecord {
    std::uint32_t epoch = 0;  ///< from 0
    Evaluation training;      ///< running averages over the epoch, dropout on; the loss is not finite when it diverged
    Evaluation validation;    ///< after the epoch, dropout off; not finite when the epoch diverged
    double training_seconds = 0;  ///< of the epoch's steps
    double validation_seconds = 0;
};

/// How far the training of a trial is. Trivially copyable: it travels as a message.
struct StepProgress {
    std::uint32_t epoch = 0;
    std::uint64_t step = 0;     ///< steps of this epoch that are done
    std::uint64_t samples = 0;  ///< of this epoch that are done
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

/// One row of summary.csv. Trivially copyable: it travels as a message.
struct TrialResult {
    Status status = Status::failed;
    std::uint32_t epochs = 0;  ///< epochs in the history
    std::uint32_t best_epoch = 0;
    double best_val_loss = kNotANumber;
    Evaluation validation;            ///< of the weights that are kept
    Evaluation test;                  ///< of the weights that are kept
    system::Digest weights_sha256{};  ///< of the flat weights; zero when there are none worth keeping
    bool has_weights() const { return status == Status::completed || status == Status::early_stopped; }
};

}  // namespace dropsweep::train
