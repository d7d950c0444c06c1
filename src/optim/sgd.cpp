// Stochastic gradient descent with momentum:
//
//     g = sum of gradients * gradient_scale
//     m = momentum m - learning_rate g
//     w = w + m
//
// Moment: m. Source: keras.optimizers.SGD; torch.optim.SGD, whose buffer is -m / learning_rate.
#include <array>

#include "coefficient.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cpp"
#include <hwy/foreach_target.h>

#include "update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

struct SgdKernel {
    float learning_rate, momentum, gradient_scale;

    HWY_INLINE void operator()(float* HWY_RESTRICT w, const std::array<float*, 1>& moments,
                               const float* HWY_RESTRICT gradient, Integers& largest) const {
        const FloatTag d;
        const Floats g = hn::Mul(hn::LoadU(d, gradient), all(gradient_scale));
        const Floats step = zero_below(hn::Mul(all(learning_rate), g), 0x1p-100f);
        const Floats m = zero_below(fma(all(momentum), hn::LoadU(d, moments[0]), hn::Neg(step)), 0x1p-75f);
        hn::StoreU(m, d, moments[0]);
        if (hn::AllTrue(d, hn::Eq(m, hn::Zero(d)))) return;
        store_weights(hn::Add(hn::LoadU(d, w), m), w, largest);
    }
};

bool update_sgd(const Update& update, float learning_rate, float momentum) {
    return update_all<1>(SgdKernel{learning_rate, momentum, update.gradient_scale}, update);
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::optim {
namespace {

HWY_EXPORT(update_sgd);

bool update(const Settings& settings, const Update& update) {
    return HWY_DYNAMIC_DISPATCH(update_sgd)(update, coefficient(settings.learning_rate),
                                            coefficient(settings.momentum));
}

constexpr std::array kSettings = {&Settings::momentum};

}  // namespace

extern const RuleDefinition kSgd = {"sgd", 1, 0.01, kSettings, update};

}  // namespace dropsweep::optim
#endif
