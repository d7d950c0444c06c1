#include "dropsweep/optim/rmsprop.hpp"

#include <cassert>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "optim/rmsprop.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/core/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

using namespace core::HWY_NAMESPACE;

using Coefficients = RmsProp::Coefficients;

struct EpsilonInRoot {
    static HWY_INLINE Floats denominator(Floats v, Floats epsilon) { return hn::Sqrt(hn::Add(v, epsilon)); }
};
struct EpsilonOutside {
    static HWY_INLINE Floats denominator(Floats v, Floats epsilon) { return hn::Add(hn::Sqrt(v), epsilon); }
};

using Integers = hn::Vec<hn::RebindToSigned<FloatTag>>;

/// One vector of each, in memory. Root and quotient are half of the time: they are spared where no gradient is, as of a
/// pixel that no image of the batch has.
/// @param largest  grows to the bits of the largest new weight without its sign
template <class Rule>
HWY_INLINE void update_vector(float* HWY_RESTRICT w, float* HWY_RESTRICT v, const float* HWY_RESTRICT gradient,
                              const Coefficients& c, Integers& largest) {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> integers;
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
    const Floats quotient = hn::Div(hn::Mul(all(c.learning_rate), g), Rule::denominator(mean, all(c.epsilon)));
    const Floats result = hn::Sub(hn::LoadU(d, w), hn::IfThenElseZero(changes, quotient));
    const Floats size = hn::Abs(result);
    largest = hn::Max(largest, hn::BitCast(integers, size));
    hn::StoreU(hn::IfThenZeroElse(hn::Lt(size, all(0x1p-40f)), result), d, w);
}

template <class Rule>
HWY_INLINE bool update_all(float* HWY_RESTRICT w, float* HWY_RESTRICT v, const float* HWY_RESTRICT gradient,
                           std::size_t size, const Coefficients& coefficients, core::BFloat16* HWY_RESTRICT narrowed) {
    const FloatTag d;
    const Coefficients c = coefficients;
    Integers largest = hn::Zero(hn::RebindToSigned<FloatTag>());
    // What is left is done in room of its own, where other elements would lie behind it.
    const std::size_t whole = size / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        update_vector<Rule>(w + i, v + i, gradient + i, c, largest);
        if (narrowed != nullptr) store(hn::LoadU(d, w + i), narrowed + i);
    }
    if (whole < size) {
        HWY_ALIGN float room[3][kLanes] = {};
        const std::size_t bytes = (size - whole) * sizeof(float);
        std::memcpy(room[0], w + whole, bytes);
        std::memcpy(room[1], v + whole, bytes);
        std::memcpy(room[2], gradient + whole, bytes);
        update_vector<Rule>(room[0], room[1], room[2], c, largest);
        std::memcpy(w + whole, room[0], bytes);
        std::memcpy(v + whole, room[1], bytes);
        for (std::size_t i = whole; narrowed != nullptr && i < size; ++i) core::narrow(w[i], narrowed[i]);
    }
    return hn::AllTrue(d, hn::Lt(hn::BitCast(d, largest), all(std::numeric_limits<float>::infinity())));
}

bool update_in_root(float* w, float* v, const float* gradient, std::size_t size, const Coefficients& coefficients,
                    core::BFloat16* narrowed) {
    return update_all<EpsilonInRoot>(w, v, gradient, size, coefficients, narrowed);
}

bool update_outside(float* w, float* v, const float* gradient, std::size_t size, const Coefficients& coefficients,
                    core::BFloat16* narrowed) {
    return update_all<EpsilonOutside>(w, v, gradient, size, coefficients, narrowed);
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
                     std::span<core::BFloat16> narrowed) {
    assert(weights.size() == mean_square_.size() && gradient.size() == mean_square_.size());
    assert(narrowed.empty() || narrowed.size() == weights.size());
    const auto rounded = [](double value) { return value < 0x1p-100 ? 0.0f : static_cast<float>(value); };
    const double one_minus_rho = 1.0 - settings_.rho;
    const RmsProp::Coefficients coefficients{
        .learning_rate = rounded(settings_.learning_rate),
        .rho = rounded(settings_.rho),
        .one_minus_rho = one_minus_rho < 0x1p-25 ? 0.0f : static_cast<float>(one_minus_rho),
        .epsilon = rounded(settings_.epsilon),
        .gradient_scale = gradient_scale};
    const auto kernel =
        settings_.epsilon_in_root ? HWY_DYNAMIC_DISPATCH(update_in_root) : HWY_DYNAMIC_DISPATCH(update_outside);
    return kernel(weights.data(), mean_square_.data(), gradient.data(), weights.size(), coefficients, narrowed.data());
}

}  // namespace dropsweep::optim
#endif
