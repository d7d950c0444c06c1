// Adds vectors, compiled for each instruction set.
#include "dropsweep/linalg/add.hpp"

#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "linalg/add.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

void add(float* HWY_RESTRICT into, const float* HWY_RESTRICT from, std::size_t size) {
    const FloatTag d;
    std::size_t i = 0;
    for (; i + kLanes <= size; i += kLanes)
        hn::StoreU(hn::Add(hn::LoadU(d, into + i), hn::LoadU(d, from + i)), d, into + i);
    for (; i < size; ++i) into[i] += from[i];
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::linalg {

HWY_EXPORT(add);

void add_to(std::span<float> into, std::span<const float> from) {
    assert(into.size() == from.size());
    HWY_DYNAMIC_DISPATCH(add)(into.data(), from.data(), into.size());
}

}  // namespace dropsweep::linalg
#endif
