// Makes and indexes the trials of a sweep.
#include "dropsweep/sweep/trial.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dropsweep::sweep {

std::string Trial::id() const {
    return fmt::format("{}-s{}", name(), seed);
}

std::vector<Trial> make_trials(const std::vector<Setting>& settings, const std::vector<std::uint64_t>& seeds) {
    std::vector<Trial> trials;
    for (const Setting& setting : settings) {
        for (const std::uint64_t seed : seeds) trials.push_back({setting, seed});
    }
    return trials;
}

TrialIndex index_by_id(const std::vector<Trial>& trials) {
    TrialIndex index;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) index.emplace(trials[trial].id(), trial);
    return index;
}

std::vector<double> dropout_range(const std::vector<Trial>& trials) {
    const auto value = [](const Trial& trial) { return trial.dropout.value(); };
    const auto [least, greatest] = std::ranges::minmax(trials, {}, value);
    if (value(least) == value(greatest)) return {value(least)};
    return {value(least), value(greatest)};
}

}  // namespace dropsweep::sweep
