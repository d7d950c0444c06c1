#include "dropsweep/optim/rmsprop.hpp"

#include <array>
#include <cassert>

#include "coefficient.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rmsprop.cpp"
#include <hwy/foreach_target.h>

#include "update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

struct EpsilonInRoot {
    static HWY_INLINE Floats denominator(Floats v, Floats epsilon) { return hn::Sqrt(hn::Add(v, epsilon)); }
};
struct EpsilonOutside {
    static HWY_INLINE Floats denominator(Floats v, Floats epsilon) { return hn::Add(hn::Sqrt(v), epsilon); }
};

/// Root and quotient are half of the time: they are spared where no gradient is, as of a pixel that no image of the
/// batch has.
template <class Epsilon>
struct RmsPropRule {
    RmsPropCoefficients c;

    HWY_INLINE void operator()(float* HWY_RESTRICT w, const std::array<float*, 1>& moments,
                               const float* HWY_RESTRICT gradient, Integers& largest) const {
        const FloatTag d;
        float* HWY_RESTRICT v = moments[0];
        const Floats g = hn::Mul(hn::LoadU(d, gradient), all(c.gradient_scale));
        const Floats square = hn::Mul(g, g);
        const FloatMask counts = hn::Not(hn::Lt(square, all(0x1p-100f)));
        const Floats added = hn::IfThenElseZero(counts, hn::Mul(all(c.one_minus_rho), square));
        const Floats sum = fma(all(c.rho), hn::LoadU(d, v), added);
        const FloatMask vanishes = hn::Lt(sum, all(0x1p-100f));
        const Floats mean = hn::IfThenZeroElse(vanishes, sum);
        hn::StoreU(mean, d, v);
        const FloatMask changes = hn::AndNot(vanishes, counts);
        if (hn::AllFalse(d, changes)) return;
        const Floats quotient = hn::Div(hn::Mul(all(c.learning_rate), g), Epsilon::denominator(mean, all(c.epsilon)));
        store_weights(hn::Sub(hn::LoadU(d, w), hn::IfThenElseZero(changes, quotient)), w, largest);
    }
};

bool update_in_root(float* w, float* v, const float* gradient, std::size_t size,
                    const RmsPropCoefficients& coefficients, linalg::BFloat16* narrowed) {
    return update_all<1>(RmsPropRule<EpsilonInRoot>{coefficients}, w, v, gradient, size, narrowed);
}

bool update_outside(float* w, float* v, const float* gradient, std::size_t size,
                    const RmsPropCoefficients& coefficients, linalg::BFloat16* narrowed) {
    return update_all<1>(RmsPropRule<EpsilonOutside>{coefficients}, w, v, gradient, size, narrowed);
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::optim {
namespace {

HWY_EXPORT(update_in_root);
HWY_EXPORT(update_outside);

}  // namespace

bool RmsProp::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                     std::uint64_t /*step*/, std::span<linalg::BFloat16> narrowed) {
    assert(weights.size() == moments_.size() && gradient.size() == moments_.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    const RmsPropCoefficients coefficients{.learning_rate = coefficient(settings_.learning_rate),
                                           .rho = coefficient(settings_.rho),
                                           .one_minus_rho = complement(settings_.rho),
                                           .epsilon = coefficient(settings_.epsilon),
                                           .gradient_scale = gradient_scale};
    const auto kernel =
        settings_.epsilon_in_root ? HWY_DYNAMIC_DISPATCH(update_in_root) : HWY_DYNAMIC_DISPATCH(update_outside);
    return kernel(weights.data(), moments_.data(), gradient.data(), weights.size(), coefficients, narrowed.data());
}

}  // namespace dropsweep::optim
#endif
