#pragma once

#include <span>

#include "dropsweep/core/bfloat16.hpp"
#include "dropsweep/core/matrix.hpp"

namespace dropsweep::optim {

/// RMSprop of a slice of the parameters, as in Keras:
///
///     g = sum of gradients * gradient_scale
///     v = rho v + (1 - rho) g^2
///     w = w - learning_rate g / (sqrt(v) + epsilon)
///
/// v starts at zero. Elements are independent: a slice gives the bits that the whole buffer would.
/// Source: Tieleman, Hinton (2012), Coursera lecture 6.5; epsilon outside the root as in Keras.
class RmsProp {
  public:
    struct Settings {
        double learning_rate = 0.001;
        double rho = 0.9;
        double epsilon = 1e-7;
        bool operator==(const Settings&) const = default;
    };

    RmsProp(const Settings& settings, std::size_t size) : settings_(settings), mean_square_(size) {}

    /// One step.
    /// @param weights         w, in and out, [size]
    /// @param gradient        summed over the rows of the batch, [size]
    /// @param gradient_scale  1 / rows of the batch
    /// Local: no communication.
    void update(std::span<float> weights, std::span<const float> gradient, float gradient_scale);

    /// The same, and the new weights narrowed to bfloat16 in the same pass.
    /// @param narrowed  out: [size]
    void update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                std::span<core::BFloat16> narrowed);

    /// v, [size]: the state between steps.
    std::span<float> mean_square() { return mean_square_.span(); }

  private:
    template <class... Narrowed>
    void update_with(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                     Narrowed... narrowed);

    Settings settings_;
    core::FloatBuffer mean_square_;  ///< v
};

}  // namespace dropsweep::optim
