#include "dropsweep/optim/rmsprop.hpp"

#include <cmath>

#include "dropsweep/core/simd.hpp"

namespace dropsweep::optim {
namespace {

struct Coefficients {
    float learning_rate, rho, one_minus_rho, epsilon, gradient_scale;
};

[[gnu::always_inline]] inline float updated(float weight, float& mean_square, float gradient, const Coefficients& c) {
    const float g = gradient * c.gradient_scale;
    const float v = c.rho * mean_square + c.one_minus_rho * (g * g);
    mean_square = v;
    return weight - c.learning_rate * g / (std::sqrt(v) + c.epsilon);
}

DROPSWEEP_SIMD void update_slice(float* __restrict weights, float* __restrict mean_square,
                                 const float* __restrict gradient, std::size_t size, const Coefficients& coefficients) {
    const Coefficients c = coefficients;
    for (std::size_t i = 0; i < size; ++i) weights[i] = updated(weights[i], mean_square[i], gradient[i], c);
}

DROPSWEEP_SIMD void update_slice(float* __restrict weights, float* __restrict mean_square,
                                 const float* __restrict gradient, std::size_t size, const Coefficients& coefficients,
                                 core::BFloat16* __restrict narrowed) {
    const Coefficients c = coefficients;
    for (std::size_t i = 0; i < size; ++i) {
        weights[i] = updated(weights[i], mean_square[i], gradient[i], c);
        core::narrow(weights[i], narrowed[i]);
    }
}

}  // namespace

template <class... Narrowed>
void RmsProp::update_with(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                          Narrowed... narrowed) {
    assert(weights.size() == mean_square_.size() && gradient.size() == mean_square_.size());
    const Coefficients coefficients{static_cast<float>(settings_.learning_rate), static_cast<float>(settings_.rho),
                                    static_cast<float>(1.0 - settings_.rho), static_cast<float>(settings_.epsilon),
                                    gradient_scale};
    update_slice(weights.data(), mean_square_.data(), gradient.data(), weights.size(), coefficients, narrowed...);
}

void RmsProp::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale) {
    update_with(weights, gradient, gradient_scale);
}

void RmsProp::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                     std::span<core::BFloat16> narrowed) {
    assert(narrowed.size() == weights.size());
    update_with(weights, gradient, gradient_scale, narrowed.data());
}

}  // namespace dropsweep::optim
