// What the kernels of the update rules share (Highway includes this once for each instruction set).
#if defined(DROPSWEEP_OPTIM_UPDATE_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef DROPSWEEP_OPTIM_UPDATE_INL
#undef DROPSWEEP_OPTIM_UPDATE_INL
#else
#define DROPSWEEP_OPTIM_UPDATE_INL
#endif

#include <array>
#include <cstddef>
#include <cstring>
#include <limits>

#include "dropsweep/linalg/vectors-inl.hpp"
#include "dropsweep/optim/optimizer.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::optim::HWY_NAMESPACE {

using namespace linalg::HWY_NAMESPACE;

using Integers = hn::Vec<hn::RebindToSigned<FloatTag>>;

HWY_INLINE Floats zero_below(Floats values, float least) {
    return hn::IfThenZeroElse(hn::Lt(hn::Abs(values), all(least)), values);
}

/// New weights, of which those below 2^-40 become zero.
/// @param largest  grows to the bits of the largest of them without its sign
HWY_INLINE void store_weights(Floats weights, float* HWY_RESTRICT w, Integers& largest) {
    const FloatTag d;
    const Floats size = hn::Abs(weights);
    largest = hn::Max(largest, hn::BitCast(hn::RebindToSigned<FloatTag>(), size));
    hn::StoreU(hn::IfThenZeroElse(hn::Lt(size, all(0x1p-40f)), weights), d, w);
}

/// @param kernel  kernel(w, moments, gradient, largest) updates one vector of each, in memory
/// @return  whether all weights that it changed are finite
template <std::size_t kMoments, class Kernel>
HWY_INLINE bool update_all(const Kernel& kernel, const Update& parts) {
    const FloatTag d;
    const Kernel update = kernel;
    float* HWY_RESTRICT w = parts.weights.data();
    const float* HWY_RESTRICT gradient = parts.gradient.data();
    linalg::BFloat16* HWY_RESTRICT narrowed = parts.narrowed.data();
    const std::size_t size = parts.weights.size();
    std::array<float*, kMoments> m;
    for (std::size_t k = 0; k < kMoments; ++k) m[k] = parts.moments.data() + k * size;
    Integers largest = hn::Zero(hn::RebindToSigned<FloatTag>());
    // The last elements, fewer than a vector has, are updated in a copy: behind them lies what belongs to others.
    const std::size_t whole = size / kLanes * kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        update(w + i, m, gradient + i, largest);
        for (float*& each : m) each += kLanes;
        if (narrowed != nullptr) store(hn::LoadU(d, w + i), narrowed + i);
    }
    if (whole < size) {
        HWY_ALIGN float room[2 + kMoments][kLanes] = {};
        const std::size_t bytes = (size - whole) * sizeof(float);
        std::array<float*, kMoments> in_room;
        for (std::size_t k = 0; k < kMoments; ++k) {
            in_room[k] = room[2 + k];
            std::memcpy(in_room[k], m[k], bytes);
        }
        std::memcpy(room[0], w + whole, bytes);
        std::memcpy(room[1], gradient + whole, bytes);
        update(room[0], in_room, room[1], largest);
        std::memcpy(w + whole, room[0], bytes);
        for (std::size_t k = 0; k < kMoments; ++k) std::memcpy(m[k], in_room[k], bytes);
        for (std::size_t i = whole; narrowed != nullptr && i < size; ++i) linalg::narrow(w[i], narrowed[i]);
    }
    return hn::AllTrue(d, hn::Lt(hn::BitCast(d, largest), all(std::numeric_limits<float>::infinity())));
}

}  // namespace dropsweep::optim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
