// Loss and number of correct predictions, summed over samples.
#pragma once

#include <cstdint>

namespace dropsweep::linalg {

/// Sums, never averages: whoever prints them divides once by the number of samples.
struct LossAndCorrect {
    double loss = 0;  ///< nats
    std::int64_t correct = 0;

    LossAndCorrect& operator+=(const LossAndCorrect& other) {
        loss += other.loss;
        correct += other.correct;
        return *this;
    }
    bool operator==(const LossAndCorrect&) const = default;
};

}  // namespace dropsweep::linalg
