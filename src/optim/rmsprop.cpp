#include "dropsweep/optim/rmsprop.hpp"

#include <cmath>

#include "dropsweep/core/simd.hpp"

namespace dropsweep::optim {
namespace {

struct Coefficients {
    float learning_rate, rho, one_minus_rho, epsilon, gradient_scale;
};

DROPSWEEP_SIMD void update_slice(float* __restrict weights, float* __restrict mean_square,
                                 const float* __restrict gradient, std::size_t size, const Coefficients& coefficients) {
    const Coefficients c = coefficients;
    for (std::size_t i = 0; i < size; ++i) {
        const float g = gradient[i] * c.gradient_scale;
        const float v = c.rho * mean_square[i] + c.one_minus_rho * (g * g);
        mean_square[i] = v;
        weights[i] -= c.learning_rate * g / (std::sqrt(v) + c.epsilon);
    }
}

}  // namespace

void RmsProp::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale) {
    assert(weights.size() == mean_square_.size() && gradient.size() == mean_square_.size());
    const Coefficients coefficients{static_cast<float>(settings_.learning_rate), static_cast<float>(settings_.rho),
                                    static_cast<float>(1.0 - settings_.rho), static_cast<float>(settings_.epsilon),
                                    gradient_scale};
    update_slice(weights.data(), mean_square_.data(), gradient.data(), weights.size(), coefficients);
}

}  // namespace dropsweep::optim
