// bfloat16, and its conversions from and to float.
#pragma once

#include <bit>
#include <cstdint>

#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::linalg {

/// The upper half of a float: 8 bits of exponent, 8 of precision with the hidden one.
struct BFloat16 {
    std::uint16_t bits = 0;
    bool operator==(const BFloat16&) const = default;
};

using Bf16Matrix = MatrixView<BFloat16>;
using ConstBf16Matrix = MatrixView<const BFloat16>;

inline float widen(float value) {
    return value;
}
inline float widen(BFloat16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

/// To the nearest, ties to even; NaN stays NaN. Written without a branch, for the vectoriser.
inline void narrow(float value, BFloat16& result) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    const std::uint32_t quiet = bits | 0x00400000u;
    result.bits = static_cast<std::uint16_t>((value != value ? quiet : rounded) >> 16);
}
inline void narrow(float value, float& result) {
    result = value;
}

/// Element by element; both of the same size.
template <class T>
void narrow(std::span<const float> values, std::span<T> narrowed) {
    assert(values.size() == narrowed.size());
    for (std::size_t i = 0; i < values.size(); ++i) narrow(values[i], narrowed[i]);
}

}  // namespace dropsweep::linalg
