#include "dropsweep/core/add.hpp"

#include <cassert>

#include "dropsweep/core/simd.hpp"

namespace dropsweep::core {
namespace {

DROPSWEEP_SIMD void add(float* __restrict into, const float* __restrict from, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) into[i] += from[i];
}

}  // namespace

void add_to(std::span<float> into, std::span<const float> from) {
    assert(into.size() == from.size());
    add(into.data(), from.data(), into.size());
}

}  // namespace dropsweep::core
