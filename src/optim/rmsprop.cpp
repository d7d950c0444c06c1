// RMSprop:
//
//     g = sum of gradients * gradient_scale
//     v = rho v + (1 - rho) g^2
//     w = w - learning_rate g / sqrt(v + epsilon)      epsilon in the root: Keras 3
//     w = w - learning_rate g / (sqrt(v) + epsilon)    outside: PyTorch, and Keras in 2017
//
// Moment: v. Source: Tieleman, Hinton (2012), Coursera lecture 6.5; keras.optimizers.RMSprop; torch.optim.RMSprop.
#include <array>

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

/// Root and quotient are half of the time: they are left out where a vector of gradients is zero, as of a pixel that no
/// image of the batch has.
template <class Epsilon>
struct RmsPropKernel {
    float learning_rate, rho, one_minus_rho, epsilon, gradient_scale;

    HWY_INLINE void operator()(float* HWY_RESTRICT w, const std::array<float*, 1>& moments,
                               const float* HWY_RESTRICT gradient, Integers& largest) const {
        const FloatTag d;
        float* HWY_RESTRICT v = moments[0];
        const Floats g = hn::Mul(hn::LoadU(d, gradient), all(gradient_scale));
        const Floats square = hn::Mul(g, g);
        const FloatMask counts = hn::Not(hn::Lt(square, all(0x1p-100f)));
        const Floats added = hn::IfThenElseZero(counts, hn::Mul(all(one_minus_rho), square));
        const Floats sum = fma(all(rho), hn::LoadU(d, v), added);
        const FloatMask vanishes = hn::Lt(sum, all(0x1p-100f));
        const Floats mean = hn::IfThenZeroElse(vanishes, sum);
        hn::StoreU(mean, d, v);
        const FloatMask changes = hn::AndNot(vanishes, counts);
        if (hn::AllFalse(d, changes)) return;
        const Floats quotient = hn::Div(hn::Mul(all(learning_rate), g), Epsilon::denominator(mean, all(epsilon)));
        store_weights(hn::Sub(hn::LoadU(d, w), hn::IfThenElseZero(changes, quotient)), w, largest);
    }
};

bool update_in_root(const Update& update, float learning_rate, float rho, float one_minus_rho, float epsilon) {
    return update_all<1>(
        RmsPropKernel<EpsilonInRoot>{learning_rate, rho, one_minus_rho, epsilon, update.gradient_scale}, update);
}

bool update_outside(const Update& update, float learning_rate, float rho, float one_minus_rho, float epsilon) {
    return update_all<1>(
        RmsPropKernel<EpsilonOutside>{learning_rate, rho, one_minus_rho, epsilon, update.gradient_scale}, update);
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::optim {
namespace {

HWY_EXPORT(update_in_root);
HWY_EXPORT(update_outside);

bool update(const Settings& settings, const Update& update) {
    const auto kernel =
        settings.epsilon_in_root ? HWY_DYNAMIC_DISPATCH(update_in_root) : HWY_DYNAMIC_DISPATCH(update_outside);
    return kernel(update, coefficient(settings.learning_rate), coefficient(settings.rho), complement(settings.rho),
                  coefficient(settings.epsilon));
}

constexpr std::array kSettings = {&Settings::rho, &Settings::epsilon};

}  // namespace

extern const RuleDefinition kRmsProp = {"rmsprop", 1, 0.001, kSettings, update};

}  // namespace dropsweep::optim
#endif
