#include "dropsweep/optim/adam.hpp"

#include <array>
#include <cassert>
#include <cmath>

#include "coefficient.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/adam.cpp"
#include <hwy/foreach_target.h>

#include "update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

struct AdamRule {
    AdamCoefficients c;

    HWY_INLINE void operator()(float* HWY_RESTRICT w, const std::array<float*, 2>& moments,
                               const float* HWY_RESTRICT gradient, Integers& largest) const {
        const FloatTag d;
        const Floats scaled = hn::Mul(hn::LoadU(d, gradient), all(c.gradient_scale));
        const Floats scaled_square = hn::Mul(scaled, scaled);
        const FloatMask counts = hn::Not(hn::Lt(scaled_square, all(0x1p-100f)));
        const Floats g = hn::IfThenElseZero(counts, scaled);
        const Floats square = hn::IfThenElseZero(counts, scaled_square);
        const Floats m_before = hn::LoadU(d, moments[0]);
        const Floats v_before = hn::LoadU(d, moments[1]);
        const Floats m = zero_below(fma(all(c.one_minus_beta_1), hn::Sub(g, m_before), m_before), 0x1p-75f);
        const Floats v = zero_below(fma(all(c.one_minus_beta_2), hn::Sub(square, v_before), v_before), 0x1p-100f);
        hn::StoreU(m, d, moments[0]);
        hn::StoreU(v, d, moments[1]);
        const Floats zero = hn::Zero(d);
        const FloatMask changes = hn::Not(hn::Or(hn::Eq(m, zero), hn::Eq(v, zero)));
        if (hn::AllFalse(d, changes)) return;
        const Floats quotient = hn::Div(hn::Mul(all(c.corrected_rate), m), hn::Add(hn::Sqrt(v), all(c.epsilon)));
        store_weights(hn::Sub(hn::LoadU(d, w), hn::IfThenElseZero(changes, quotient)), w, largest);
    }
};

bool update_adam(float* w, float* moments, const float* gradient, std::size_t size,
                 const AdamCoefficients& coefficients, linalg::BFloat16* narrowed) {
    return update_all<2>(AdamRule{coefficients}, w, moments, gradient, size, narrowed);
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

}  // namespace

bool Adam::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale, std::uint64_t step,
                  std::span<linalg::BFloat16> narrowed) {
    assert(2 * weights.size() == moments_.size() && gradient.size() == weights.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    const double correction = std::sqrt(1 - power(settings_.beta_2, step));
    const double rate = settings_.learning_rate * correction / (1 - power(settings_.beta_1, step));
    const AdamCoefficients coefficients{
        .corrected_rate = coefficient(rate),
        .one_minus_beta_1 = complement(settings_.beta_1),
        .one_minus_beta_2 = complement(settings_.beta_2),
        .epsilon = coefficient(settings_.epsilon * (settings_.epsilon_after_correction ? correction : 1)),
        .gradient_scale = gradient_scale};
    const auto kernel = HWY_DYNAMIC_DISPATCH(update_adam);
    return kernel(weights.data(), moments_.data(), gradient.data(), weights.size(), coefficients, narrowed.data());
}

}  // namespace dropsweep::optim
#endif
