// Class weights of the training loss.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dropsweep::train {

/// The option --class-weights.
struct ClassWeights {
    bool balanced = false;
    std::vector<double> given;  ///< [classes]; if empty and not balanced: 1 each
};

/// "balanced", or the given weights with commas between them: empty if none are given.
std::string to_string(const ClassWeights& weights);

/// The weights as numbers. Balanced: w_c = n / (k n_c) for n samples, n_c of class c, and k classes with samples; 1 for
/// a class without samples. Source: sklearn.utils.class_weight.compute_class_weight.
/// @param labels       of the training samples
/// @param class_names  [classes], by label
/// @return  [classes], or empty: 1 each
/// @throws Error  usage: the number of given weights is not the number of classes
std::vector<float> class_weights_of(const ClassWeights& weights, std::span<const std::uint8_t> labels,
                                    const std::vector<std::string>& class_names);

}  // namespace dropsweep::train
