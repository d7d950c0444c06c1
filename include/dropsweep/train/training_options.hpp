// The training options that all trials of a run share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dropsweep/linalg/products.hpp"
#include "dropsweep/optim/optimizer.hpp"
#include "dropsweep/train/class_weights.hpp"
#include "dropsweep/train/rules.hpp"

namespace dropsweep::train {

/// Together with dropout, seed, data and initial weights they determine every bit of a result.
struct TrainingOptions {
    std::vector<std::size_t> hidden = {512, 512};  ///< units of each hidden layer
    std::uint32_t epochs = 20;
    std::size_t batch_size = 128;
    optim::Settings optimizer;
    double input_dropout = 0;                   ///< dropout rate of the inputs
    double validation_split = 0.1;              ///< fraction of the training file
    std::optional<std::uint32_t> patience = 2;  ///< epochs; none: never stop early
    double min_delta = 0;                       ///< nats of validation loss
    bool restore_best_weights = false;
    bool shuffle = true;
    std::size_t leaf_rows = 32;  ///< samples of a leaf, the unit in which gradients are added
    Rules rules = Rules::keras;
    ClassWeights class_weights;
    linalg::GemmConfiguration gemm_configuration;
    double verify = 0;  ///< fraction of the steps that are computed twice; changes no bit
};

/// Leaves of a full batch, ceil(rows / leaf_rows): the most ranks that a group can have.
inline std::size_t leaves_of(const TrainingOptions& options, std::size_t training_samples) {
    return (std::min(options.batch_size, training_samples) + options.leaf_rows - 1) / options.leaf_rows;
}

}  // namespace dropsweep::train
