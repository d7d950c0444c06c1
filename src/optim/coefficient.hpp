#pragma once

namespace dropsweep::optim {

/// A coefficient as the kernels take it: zero where it is next to nothing, so that no product becomes denormal.
inline float coefficient(double value, double least = 0x1p-100) {
    return value < least ? 0.0f : static_cast<float>(value);
}

// Those of one step, as the kernels take them.
struct RmsPropCoefficients {
    float learning_rate, rho, one_minus_rho, epsilon, gradient_scale;
};
struct AdamCoefficients {
    float corrected_rate, one_minus_beta_1, one_minus_beta_2, epsilon, gradient_scale;
};

/// 1 - value, of a decay.
inline float complement(double value) {
    return coefficient(1.0 - value, 0x1p-25);
}

}  // namespace dropsweep::optim
