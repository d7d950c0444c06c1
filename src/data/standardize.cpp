// Means and deviations of features, and their use.
#include "dropsweep/data/standardize.hpp"

#include <cassert>
#include <cmath>

namespace dropsweep::data {
namespace {

float value_of(const Samples& samples, std::size_t at) {
    return samples.numbers.empty() ? static_cast<float>(samples.pixels[at]) / 255.0f : samples.numbers[at];
}

/// @return  [features] the mean over the samples of term(value, feature)
template <class Term>
std::vector<double> averages(const Samples& samples, Term&& term) {
    std::vector<double> sums(samples.features);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        for (std::size_t j = 0; j < samples.features; ++j) {
            sums[j] += term(static_cast<double>(value_of(samples, i * samples.features + j)), j);
        }
    }
    for (double& sum : sums) sum /= static_cast<double>(samples.size());
    return sums;
}

}  // namespace

Standardization standardization_of(const Samples& samples) {
    const std::vector<double> means = averages(samples, [](double value, std::size_t) { return value; });
    const std::vector<double> variances = averages(samples, [&](double value, std::size_t j) {
        const double difference = value - means[j];
        return difference * difference;
    });
    Standardization result;
    for (std::size_t j = 0; j < samples.features; ++j) {
        // The mean of equal values may be rounded, and differ from them.
        bool is_constant = true;
        for (std::size_t i = 1; i < samples.size() && is_constant; ++i) {
            is_constant = value_of(samples, i * samples.features + j) == value_of(samples, j);
        }
        result.means.push_back(static_cast<float>(means[j]));
        result.deviations.push_back(is_constant ? 0 : static_cast<float>(std::sqrt(variances[j])));
    }
    return result;
}

void standardize(LabelledSamples& samples, const Standardization& standardization) {
    assert(standardization.means.size() == samples.features());
    const Samples raw = as_samples(samples);
    std::vector<float> numbers(samples.count * samples.features());
    for (std::size_t i = 0; i < samples.count; ++i) {
        for (std::size_t j = 0; j < samples.features(); ++j) {
            const std::size_t at = i * samples.features() + j;
            const float deviation = standardization.deviations[j];
            numbers[at] = deviation == 0 ? 0 : (value_of(raw, at) - standardization.means[j]) / deviation;
        }
    }
    samples.numbers = std::move(numbers);
    samples.pixels.clear();
}

std::vector<float> raw_values(std::span<const float> standardized, const Standardization& standardization) {
    std::vector<float> raw;
    for (std::size_t j = 0; j < standardized.size(); ++j) {
        raw.push_back(standardized[j] * standardization.deviations[j] + standardization.means[j]);
    }
    return raw;
}

}  // namespace dropsweep::data
