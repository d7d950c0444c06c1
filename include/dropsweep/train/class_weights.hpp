#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dropsweep::train {

/// What the loss of each class counts, as it was asked for.
struct ClassWeights {
    bool balanced = false;
    std::vector<double> given;  ///< [classes]; empty, and not balanced: 1 each
};

/// "balanced", or the weights with commas between them; empty where each is 1.
std::string to_string(const ClassWeights& weights);

/// The weights themselves. Balanced ones are n / (k n_c), n samples of k different classes, n_c of the class: those of
/// scikit-learn's compute_class_weight. A class without a sample has 1.
/// @param labels       of the training samples
/// @param class_names  in the order of their numbers
/// @return  [classes], or empty: 1 each
/// @throws Error  usage: as many are given as there are not classes
std::vector<float> class_weights_of(const ClassWeights& weights, std::span<const std::uint8_t> labels,
                                    const std::vector<std::string>& class_names);

}  // namespace dropsweep::train
