#pragma once

#include "dropsweep/optim/optimizer.hpp"

namespace dropsweep::optim {

/// Adam, in its step t:
///
///     g = sum of gradients * gradient_scale
///     m = m + (1 - beta_1) (g - m)
///     v = v + (1 - beta_2) (g^2 - v)
///     a = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
///     w = w - a m / (sqrt(v) + epsilon)                          Keras
///     w = w - a m / (sqrt(v) + epsilon sqrt(1 - beta_2^t))       epsilon after the correction: PyTorch
///
/// Source: Kingma, Ba (2015), arXiv:1412.6980, the form before section 2.1; keras.optimizers.Adam; torch.optim.Adam.
class Adam : public Optimizer {
  public:
    /// @param settings  whose rule is adam
    Adam(const Settings& settings, std::size_t size) : Optimizer(settings, size) {}

    /// moments(): m, then v.
    bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale, std::uint64_t step,
                std::span<linalg::BFloat16> narrowed = {}) override;
};

}  // namespace dropsweep::optim
