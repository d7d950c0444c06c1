#pragma once

#include "dropsweep/optim/optimizer.hpp"

namespace dropsweep::optim {

/// RMSprop:
///
///     g = sum of gradients * gradient_scale
///     v = rho v + (1 - rho) g^2
///     w = w - learning_rate g / sqrt(v + epsilon)      epsilon in the root: Keras 3
///     w = w - learning_rate g / (sqrt(v) + epsilon)    outside: PyTorch, and Keras in 2017
///
/// Source: Tieleman, Hinton (2012), Coursera lecture 6.5; keras.optimizers.RMSprop; torch.optim.RMSprop.
class RmsProp : public Optimizer {
  public:
    using Settings = optim::Settings;
    RmsProp(const Settings& settings, std::size_t size) : Optimizer(settings, size) {}

    bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale, std::uint64_t step,
                std::span<linalg::BFloat16> narrowed = {}) override;
};

}  // namespace dropsweep::optim
