// Adam, in its step t:
//
//     g = sum of gradients * gradient_scale
//     m = m + (1 - beta_1) (g - m)
//     v = v + (1 - beta_2) (g^2 - v)
//     a = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
//     w = w - a m / (sqrt(v) + epsilon)                          Keras
//     w = w - a m / (sqrt(v) + epsilon sqrt(1 - beta_2^t))       epsilon after the correction: PyTorch
//
// Moments: m, then v. Source: Kingma, Ba (2015), arXiv:1412.6980, the form before section 2.1; keras.optimizers.Adam;
// torch.optim.Adam.
#include <array>
#include <cmath>

#include "coefficient.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cpp"
#include <hwy/foreach_target.h>

#include "update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

struct AdamKernel {
    float corrected_rate, one_minus_beta_1, one_minus_beta_2, epsilon, gradient_scale;

    HWY_INLINE void operator()(float* HWY_RESTRICT w, const std::array<float*, 2>& moments,
                               const float* HWY_RESTRICT gradient, Integers& largest) const {
        const FloatTag d;
        const Floats scaled = hn::Mul(hn::LoadU(d, gradient), all(gradient_scale));
        const Floats scaled_square = hn::Mul(scaled, scaled);
        const FloatMask counts = hn::Not(hn::Lt(scaled_square, all(0x1p-100f)));
        const Floats g = hn::IfThenElseZero(counts, scaled);
        const Floats square = hn::IfThenElseZero(counts, scaled_square);
        const Floats m_before = hn::LoadU(d, moments[0]);
        const Floats v_before = hn::LoadU(d, moments[1]);
        const Floats m = zero_below(fma(all(one_minus_beta_1), hn::Sub(g, m_before), m_before), 0x1p-75f);
        const Floats v = zero_below(fma(all(one_minus_beta_2), hn::Sub(square, v_before), v_before), 0x1p-100f);
        hn::StoreU(m, d, moments[0]);
        hn::StoreU(v, d, moments[1]);
        const Floats zero = hn::Zero(d);
        const FloatMask changes = hn::Not(hn::Or(hn::Eq(m, zero), hn::Eq(v, zero)));
        if (hn::AllFalse(d, changes)) return;
        const Floats quotient = hn::Div(hn::Mul(all(corrected_rate), m), hn::Add(hn::Sqrt(v), all(epsilon)));
        store_weights(hn::Sub(hn::LoadU(d, w), hn::IfThenElseZero(changes, quotient)), w, largest);
    }
};

bool update_adam(const Update& update, float corrected_rate, float one_minus_beta_1, float one_minus_beta_2,
                 float epsilon) {
    return update_all<2>(AdamKernel{corrected_rate, one_minus_beta_1, one_minus_beta_2, epsilon, update.gradient_scale},
                         update);
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::optim {
namespace {

HWY_EXPORT(update_adam);

/// base^exponent by multiplications alone: the bits of std::pow are those of a library.
double power(double base, std::uint64_t exponent) {
    double result = 1;
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) result *= base;
        base *= base;
    }
    return result;
}

bool update(const Settings& settings, const Update& update) {
    const double correction = std::sqrt(1 - power(settings.beta_2, update.step));
    const double rate = settings.learning_rate * correction / (1 - power(settings.beta_1, update.step));
    return HWY_DYNAMIC_DISPATCH(update_adam)(
        update, coefficient(rate), complement(settings.beta_1), complement(settings.beta_2),
        coefficient(settings.epsilon * (settings.epsilon_after_correction ? correction : 1)));
}

constexpr std::array kSettings = {&Settings::beta_1, &Settings::beta_2, &Settings::epsilon};

}  // namespace

extern const RuleDefinition kAdam = {"adam", 2, 0.001, kSettings, update};

}  // namespace dropsweep::optim
#endif
