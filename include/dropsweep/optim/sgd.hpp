#pragma once

#include "dropsweep/optim/optimizer.hpp"

namespace dropsweep::optim {

/// Stochastic gradient descent with momentum:
///
///     g = sum of gradients * gradient_scale
///     m = momentum m - learning_rate g
///     w = w + m
///
/// Source: keras.optimizers.SGD; torch.optim.SGD, whose buffer is -m / learning_rate.
class Sgd : public Optimizer {
  public:
    Sgd(const Settings& settings, std::size_t size) : Optimizer(settings, size) {}

    bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale, std::uint64_t step,
                std::span<linalg::BFloat16> narrowed = {}) override;
};

}  // namespace dropsweep::optim
