#include "dropsweep/sweep/trial.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dropsweep::sweep {

std::string Trial::id() const {
    return fmt::format("p{}-s{}", dropout.text(), seed);
}

std::vector<Trial> make_trials(const std::vector<core::Decimal>& dropouts, const std::vector<std::uint64_t>& seeds) {
    std::vector<Trial> trials;
    for (const core::Decimal& dropout : dropouts) {
        for (const std::uint64_t seed : seeds) trials.push_back({dropout, seed});
    }
    return trials;
}

TrialIndex index_by_id(const std::vector<Trial>& trials) {
    TrialIndex index;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) index.emplace(trials[trial].id(), trial);
    return index;
}

std::vector<double> dropout_range(const std::vector<Trial>& trials) {
    const auto [least, greatest] = std::ranges::minmax(trials, {}, &Trial::dropout);
    if (least.dropout == greatest.dropout) return {least.dropout.value()};
    return {least.dropout.value(), greatest.dropout.value()};
}

}  // namespace dropsweep::sweep
