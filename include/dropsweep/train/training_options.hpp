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

/// What all trials of a run have in common. Together with dropout, seed and data it determines every bit of a result.
struct TrainingOptions {
    std::vector<std::size_t> hidden = {512, 512};
    std::uint32_t epochs = 20;
    std::size_t batch_size = 128;
    optim::Settings optimizer;
    double input_dropout = 0;  ///< rate of the inputs
    double validation_split = 0.1;
    std::optional<std::uint32_t> patience = 2;  ///< epochs; none: never stop early
    double min_delta = 0;                       ///< nats of validation loss
    bool restore_best_weights = false;
    bool shuffle = true;
    std::size_t leaf_rows = 32;
    Rules rules = Rules::keras;
    ClassWeights class_weights;
    linalg::GemmConfiguration gemm_configuration;
    double verify = 0;  ///< share of the steps that are computed twice; changes no bit
};

/// Of each trial: the unit of the order in which gradients are added, and the most ranks that can share a batch.
inline std::size_t leaves_of(const TrainingOptions& options, std::size_t training_samples) {
    return (std::min(options.batch_size, training_samples) + options.leaf_rows - 1) / options.leaf_rows;
}

}  // namespace dropsweep::train
