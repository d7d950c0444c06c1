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

double middle_dropout(std::vector<Trial> trials) {
    const auto middle = trials.begin() + static_cast<std::ptrdiff_t>(trials.size() / 2);
    std::ranges::nth_element(trials, middle, {}, &Trial::dropout);
    return middle->dropout.value();
}

}  // namespace dropsweep::sweep
