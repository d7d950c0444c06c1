// Forecasts epochs by a prior line and a kernel-weighted mean of ended trials.
#include "dropsweep/sweep/epoch_forecast.hpp"

#include <algorithm>
#include <cmath>

namespace dropsweep::sweep {

EpochForecast::EpochForecast(const train::TrainingOptions& options)
    : most_(options.epochs), patience_(options.patience) {}

void EpochForecast::learn(double dropout, std::uint32_t epochs) {
    // Limits the entries, over all of which expected() sums, in sweeps of thousands of rates.
    constexpr double kSame = 0.005;
    auto ended = ended_.lower_bound(dropout - kSame);
    if (ended == ended_.end() || ended->first > dropout + kSame) ended = ended_.try_emplace(dropout).first;
    ended->second.trials += 1;
    ended->second.epochs += epochs;
}

double EpochForecast::expected(double dropout) const {
    if (!patience_) return most_;
    // The prior is the line fitted to the 45 trials of results/mnist-sweep, epochs = 5.7 + 6.4 p with a patience of 2.
    // It has the weight of one trial with this dropout; other trials have a Gaussian weight in the difference of
    // dropout.
    constexpr double kReach = 0.1;
    double weights = 1;
    double sum = 3.7 + 6.4 * dropout + *patience_;
    for (const auto& [other, ended] : ended_) {
        const double distance = (other - dropout) / kReach;
        const double weight = std::exp(-0.5 * distance * distance);
        weights += weight * ended.trials;
        sum += weight * ended.epochs;
    }
    return std::clamp(sum / weights, 1.0, most_);
}

double EpochForecast::left(double dropout, std::uint32_t done) const {
    return std::max(expected(dropout) - static_cast<double>(done), 1.0);
}

std::uint32_t EpochForecast::draw(double dropout, double uniform) const {
    // Uniform over 6 epochs: standard deviation 6 / sqrt(12) = 1.7, that of the trials around the prior.
    const double spread = patience_ ? 6 : 0;
    return static_cast<std::uint32_t>(std::clamp(std::round(expected(dropout) + spread * (uniform - 0.5)), 1.0, most_));
}

}  // namespace dropsweep::sweep
