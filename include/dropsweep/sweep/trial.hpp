// A trial of a sweep: a setting and a seed.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "dropsweep/sweep/setting.hpp"

namespace dropsweep::sweep {

/// One training run. Ordered by setting, then seed.
struct Trial : Setting {
    std::uint64_t seed = 1;

    /// E.g. "p0.3-s1", "p0.3-lr0.001-s1".
    std::string id() const;
    std::weak_ordering operator<=>(const Trial&) const = default;
    bool operator==(const Trial&) const = default;
};

/// All combinations, by setting, then by seed: the order of all results.
std::vector<Trial> make_trials(const std::vector<Setting>& settings, const std::vector<std::uint64_t>& seeds);

/// The index of each trial in a list, by its id.
using TrialIndex = std::unordered_map<std::string, std::size_t>;
TrialIndex index_by_id(const std::vector<Trial>& trials);

/// The least and the greatest dropout rate (DropoutSetting::value), or one if they are equal.
/// @param trials  at least one
std::vector<double> dropout_range(const std::vector<Trial>& trials);

}  // namespace dropsweep::sweep
