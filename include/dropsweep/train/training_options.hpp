#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dropsweep/core/product.hpp"
#include "dropsweep/optim/rmsprop.hpp"

namespace dropsweep::train {

/// What all trials of a run have in common. Together with dropout, seed and data it determines every bit of a result.
struct TrainingOptions {
    std::vector<std::size_t> hidden = {512, 512};
    std::uint32_t epochs = 20;
    std::size_t batch_size = 128;
    optim::RmsProp::Settings optimizer;
    double validation_split = 0.1;
    std::optional<std::uint32_t> patience = 2;  ///< epochs; none: never stop early
    double min_delta = 0;                       ///< nats of validation loss
    bool restore_best_weights = false;
    bool shuffle = true;
    std::size_t shards = 1;
    core::Arithmetic arithmetic;
};

}  // namespace dropsweep::train
