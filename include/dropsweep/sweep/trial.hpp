#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "dropsweep/core/decimal.hpp"

namespace dropsweep::sweep {

/// One training run of a sweep; ordered by dropout, then seed.
struct Trial {
    core::Decimal dropout;
    std::uint64_t seed = 1;

    /// E.g. "p0.3-s1".
    std::string id() const;
    auto operator<=>(const Trial&) const = default;
};

/// Every dropout value with every seed, in the order of the values, then of the seeds: the order of all results.
std::vector<Trial> make_trials(const std::vector<core::Decimal>& dropouts, const std::vector<std::uint64_t>& seeds);

/// The place of each trial in a list, by its id.
using TrialIndex = std::unordered_map<std::string, std::size_t>;
TrialIndex index_by_id(const std::vector<Trial>& trials);

/// The least and the greatest of their dropout rates, or the one that all of them have; at least one trial.
std::vector<double> dropout_range(const std::vector<Trial>& trials);

}  // namespace dropsweep::sweep
