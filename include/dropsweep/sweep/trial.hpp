#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dropsweep/core/decimal.hpp"

namespace dropsweep::sweep {

/// One training run of a sweep.
struct Trial {
    core::Decimal dropout;
    std::uint64_t seed = 1;

    /// E.g. "p0.3-s1".
    std::string id() const;
};

/// Every dropout value with every seed, in the order of the values, then of the seeds: the order of all results.
std::vector<Trial> make_trials(const std::vector<core::Decimal>& dropouts, const std::vector<std::uint64_t>& seeds);

/// The least and the greatest of their dropout rates, or the one that all of them have; at least one trial.
std::vector<double> dropout_range(const std::vector<Trial>& trials);

}  // namespace dropsweep::sweep
