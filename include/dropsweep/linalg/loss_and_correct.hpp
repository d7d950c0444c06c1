#pragma once

#include <cstdint>

namespace dropsweep::linalg {

/// What is summed over samples and divided once by their number: never an average.
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
