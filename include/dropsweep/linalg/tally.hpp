#pragma once

#include <cstdint>

namespace dropsweep::linalg {

/// What is summed over samples and divided once by their number: never an average.
struct Tally {
    double loss = 0;  ///< nats
    std::int64_t correct = 0;

    Tally& operator+=(const Tally& other) {
        loss += other.loss;
        correct += other.correct;
        return *this;
    }
    bool operator==(const Tally&) const = default;
};

}  // namespace dropsweep::linalg
