// Random floats for tests of arithmetic, and floats as bits.
#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace dropsweep::testing_support {

/// `count` numbers of [-1, 1).
inline std::vector<float> uniform(std::mt19937& generator, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(generator()) * 0x1p-31f - 1.0f;
    return values;
}

/// As bits, so that NaN equals itself and -0 is not 0.
inline std::vector<std::uint32_t> bits_of(std::span<const float> values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

}  // namespace dropsweep::testing_support
