// Standardizes features to mean 0 and standard deviation 1.
#pragma once

#include <vector>

#include "dropsweep/data/dataset.hpp"

namespace dropsweep::data {

/// [features] each: x becomes (x - mean) / deviation, two operations of float32, and 0 where the deviation is 0.
struct Standardization {
    std::vector<float> means;
    std::vector<float> deviations;
};

/// Means and deviations of each feature over the samples, in double: mean = (x_0 + x_1 + ...) / n,
/// deviation = sqrt(((x_0 - mean)^2 + (x_1 - mean)^2 + ...) / n), sums from the first sample on, one rounding for each
/// operation; at the end both are rounded to float32. The deviation of values that are all equal is 0. The x of a pixel
/// is pixel / 255 in float32.
Standardization standardization_of(const Samples& samples);

/// Replaces the values of all samples; pixels become numbers.
/// @param standardization  of samples.features() features
void standardize(LabelledSamples& samples, const Standardization& standardization);

/// The values of a sample before standardization, up to rounding; the mean where the deviation is 0.
/// @param standardized  [features]
std::vector<float> raw_values(std::span<const float> standardized, const Standardization& standardization);

}  // namespace dropsweep::data
