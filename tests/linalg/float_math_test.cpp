// exp_of_negative and log_of_normal over all their range, against double.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "float_math_test.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/float_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// @param count  a multiple of 16
void exp_all(const float* x, std::size_t count, float* y) {
    for (std::size_t i = 0; i < count; i += kLanes) store(exp_of_negative(load(x + i)), y + i);
}
void log_all(const float* x, std::size_t count, float* y) {
    for (std::size_t i = 0; i < count; i += kLanes) store(log_of_normal(load(x + i)), y + i);
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/linalg/matrix.hpp"

#include "../support/each_kernel.hpp"

namespace dropsweep::linalg {
namespace {

HWY_EXPORT(exp_all);
HWY_EXPORT(log_all);

/// Each that many is tried; with DROPSWEEP_ALL_FLOATS in the environment, for half a minute, all are.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
const std::uint32_t kStride = std::getenv("DROPSWEEP_ALL_FLOATS") != nullptr ? 1 : 11;
#else
constexpr std::uint32_t kStride = 1009;  // half a minute would become ten
#endif

constexpr std::size_t kBlock = 4096;

/// The distance of a float from a double, in units of the last place that the double has as a float. Not for 0.
double ulps(float own, double exact) {
    const std::uint64_t exponent = std::bit_cast<std::uint64_t>(exact) & 0x7ff0000000000000;
    const double unit = std::bit_cast<double>(exponent - (std::uint64_t{23} << 52));
    return std::abs(own - exact) / unit;
}

/// The largest distance over all floats with the bits `first` to `last`, and where it is.
/// @param function  function(x, count, y), a kernel
/// @param exact     the same in double
template <class Function, class Exact>
std::pair<double, float> worst(std::uint32_t first, std::uint32_t last, Function&& function, Exact&& exact) {
    FloatBuffer x(kBlock);
    FloatBuffer y(kBlock);
    std::pair<double, float> result;
    for (std::uint64_t block = first; block <= last; block += kBlock * kStride) {
        for (std::size_t i = 0; i < kBlock; ++i) {
            const std::uint64_t bits = std::min<std::uint64_t>(block + i * kStride, last);
            x.data()[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        }
        function(x.data(), kBlock, y.data());
        for (std::size_t i = 0; i < kBlock; ++i) {
            const double distance = ulps(y.data()[i], exact(static_cast<double>(x.data()[i])));
            if (!(distance <= result.first)) result = {distance, x.data()[i]};
        }
    }
    return result;
}

std::uint32_t bits_of(float value) {
    return std::bit_cast<std::uint32_t>(value);
}

/// docs/arithmetic.md promises 0.89.
TEST(FloatMath, ExpOfAllNegativeNumbersIsWithinOneUlp) {
    const auto [distance, x] = worst(bits_of(-0.0f), bits_of(-80.0f), HWY_DYNAMIC_DISPATCH(exp_all),
                                     [](double value) { return std::exp(value); });
    EXPECT_LE(distance, 0.89) << "at " << x;
}

/// docs/arithmetic.md promises 0.83. log 1 is 0, which has no last place.
TEST(FloatMath, LogOfAllNormalNumbersIsWithinOneUlp) {
    const std::pair<float, float> parts[] = {
        {std::numeric_limits<float>::min(), std::nextafter(1.0f, 0.0f)},
        {std::nextafter(1.0f, 2.0f), std::numeric_limits<float>::max()},
    };
    for (const auto& [first, last] : parts) {
        const auto [distance, x] = worst(bits_of(first), bits_of(last), HWY_DYNAMIC_DISPATCH(log_all),
                                         [](double value) { return std::log(value); });
        EXPECT_LE(distance, 0.83) << "at " << x;
    }
}

/// A vector of `value` and other numbers.
template <class Function>
float at(float value, Function&& function) {
    FloatBuffer x(16);
    FloatBuffer y(16);
    std::ranges::fill(x.span(), 0.5f);
    x.data()[5] = value;
    function(x.data(), std::size_t{16}, y.data());
    return y.data()[5];
}

TEST(FloatMath, EndsOfTheRanges) {
    testing_support::with_each_simd([] {
        const auto exp = HWY_DYNAMIC_DISPATCH(exp_all);
        EXPECT_EQ(at(0.0f, exp), 1.0f);
        EXPECT_EQ(at(-0.0f, exp), 1.0f);
        EXPECT_GE(at(-80.0f, exp), 256 * std::numeric_limits<float>::min()) << "no denormal number";
        EXPECT_EQ(bits_of(at(std::nextafter(-80.0f, -81.0f), exp)), 0u);
        EXPECT_EQ(bits_of(at(-1e30f, exp)), 0u);
        EXPECT_EQ(bits_of(at(-INFINITY, exp)), 0u);
        EXPECT_TRUE(std::isnan(at(std::nanf(""), exp)));
        const auto log = HWY_DYNAMIC_DISPATCH(log_all);
        EXPECT_EQ(bits_of(at(1.0f, log)), 0u);
        EXPECT_TRUE(std::isnan(at(std::nanf(""), log)));
    });
}

TEST(FloatMath, BitsDoNotDependOnTheInstructionSet) {
    FloatBuffer negative(1 << 16);
    FloatBuffer normal(negative.size());
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < negative.size(); ++i) {
        state = 1664525 * state + 1013904223;
        negative.data()[i] = std::bit_cast<float>(bits_of(-0.0f) + state % (bits_of(-100.0f) - bits_of(-0.0f)));
        normal.data()[i] = std::bit_cast<float>(0x00800000 + state % 0x7f000000);
    }
    std::vector<std::vector<std::uint32_t>> results;
    testing_support::with_each_simd([&] {
        FloatBuffer y(negative.size());
        std::vector<std::uint32_t>& bits = results.emplace_back();
        HWY_DYNAMIC_DISPATCH(exp_all)(negative.data(), y.size(), y.data());
        for (const float value : y.span()) bits.push_back(bits_of(value));
        HWY_DYNAMIC_DISPATCH(log_all)(normal.data(), y.size(), y.data());
        for (const float value : y.span()) bits.push_back(bits_of(value));
    });
    for (const auto& bits : results) EXPECT_TRUE(bits == results.front());
}

}  // namespace
}  // namespace dropsweep::linalg

#endif
