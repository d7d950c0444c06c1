#pragma once

#include <span>

#include "dropsweep/core/bfloat16.hpp"
#include "dropsweep/core/matrix.hpp"

namespace dropsweep::optim {

/// RMSprop of a slice of the parameters:
///
///     g = sum of gradients * gradient_scale
///     v = rho v + (1 - rho) g^2
///     w = w - learning_rate g / sqrt(v + epsilon)      epsilon in the root: Keras 3
///     w = w - learning_rate g / (sqrt(v) + epsilon)    outside: PyTorch, and Keras in 2017
///
/// v starts at zero. Elements are independent: a slice gives the bits that the whole buffer would. docs/arithmetic.md
/// has each rounding, and the sizes below which g, v and w become zero. Source: Tieleman, Hinton (2012), Coursera
/// lecture 6.5; keras.optimizers.RMSprop; torch.optim.RMSprop.
class RmsProp {
  public:
    struct Settings {
        double learning_rate = 0.001;
        double rho = 0.9;
        double epsilon = 1e-7;
        bool epsilon_in_root = true;
        bool operator==(const Settings&) const = default;
    };

    /// Of one step, as its kernels take them.
    struct Coefficients {
        float learning_rate, rho, one_minus_rho, epsilon, gradient_scale;
    };

    RmsProp(const Settings& settings, std::size_t size) : settings_(settings), mean_square_(size) {}

    /// One step.
    /// @param weights         w, in and out, [size]
    /// @param gradient        summed over the rows of the batch, [size]
    /// @param gradient_scale  1 / rows of the batch
    /// @param narrowed        out: the new weights as bfloat16, [size]; or empty
    /// @return  whether all weights that it changed are finite
    /// Local: no communication.
    bool update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                std::span<core::BFloat16> narrowed = {});

    /// v, [size]: the state between steps.
    std::span<float> mean_square() { return mean_square_.span(); }

  private:
    Settings settings_;
    core::FloatBuffer mean_square_;  ///< v
};

}  // namespace dropsweep::optim
