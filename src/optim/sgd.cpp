#include "dropsweep/optim/sgd.hpp"

#include <array>
#include <cassert>

#include "coefficient.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/sgd.cpp"
#include <hwy/foreach_target.h>

#include "update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

struct SgdRule {
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

bool update_sgd(float* w, float* m, const float* gradient, std::size_t size, float learning_rate, float momentum,
                float gradient_scale, linalg::BFloat16* narrowed) {
    return update_all<1>(SgdRule{learning_rate, momentum, gradient_scale}, w, m, gradient, size, narrowed);
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::optim {
namespace {

HWY_EXPORT(update_sgd);

}  // namespace

bool Sgd::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                 std::uint64_t /*step*/, std::span<linalg::BFloat16> narrowed) {
    assert(weights.size() == moments_.size() && gradient.size() == moments_.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    const auto kernel = HWY_DYNAMIC_DISPATCH(update_sgd);
    return kernel(weights.data(), moments_.data(), gradient.data(), weights.size(),
                  coefficient(settings_.learning_rate), coefficient(settings_.momentum), gradient_scale,
                  narrowed.data());
}

}  // namespace dropsweep::optim
#endif
