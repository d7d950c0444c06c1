// Bias, ReLU and dropout in one pass, forward and backward, beside their formulas.
#include "dropsweep/nn/activation.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../support/each_kernel.hpp"
#include "../support/random_values.hpp"
#include "activation_fixture.hpp"

namespace dropsweep::nn {
namespace {

using testing_support::uniform;

/// A ReLU that turned NaN into 0 would hide a diverged network from the loss.
TEST(Activation, NaNStaysNaN) {
    constexpr std::size_t kUnits = 20;
    const std::vector<float> nan(kUnits, std::nanf(""));
    const std::vector<std::uint32_t> samples = {0};
    testing_support::with_each_simd([&] {
        for (const float a : forward(nan, std::vector<float>(kUnits), Dropout(), {})) EXPECT_TRUE(std::isnan(a));
        // A dropped unit is 0 whatever it was.
        const Dropout dropout(0.5, kSeed, 0, 0);
        const std::vector<int> kept = mask(dropout, samples, kUnits);
        const std::vector<float> a = forward(nan, std::vector<float>(kUnits), dropout, samples);
        for (std::size_t u = 0; u < kUnits; ++u) EXPECT_EQ(std::isnan(a[u]), kept[u] == 1);
        for (const float dz : backward(nan, nan, kUnits, dropout).dz) EXPECT_TRUE(std::isnan(dz));
    });
}

/// What is below 2^-40 becomes zero, see docs/arithmetic.md: after the scaling, which doubles here.
TEST(Activation, TinyNumbersAreZero) {
    constexpr float kLeast = 0x1p-40f;
    const float below = std::nextafter(kLeast, 0.0f);
    const Dropout half(0.5, kSeed, 0, 0);
    std::vector<std::uint32_t> samples = {0};
    while (std::ranges::count(mask(half, samples, 4), 1) < 4) ++samples[0];
    const std::vector<float> none(4);
    testing_support::with_each_simd([&] {
        EXPECT_EQ(forward({kLeast, below, -1, 1e-45f}, none, {}, {}), (std::vector<float>{kLeast, 0, 0, 0}));
        EXPECT_EQ(forward({kLeast / 2, below / 2, -1, 1e-45f}, none, half, samples),
                  (std::vector<float>{kLeast, 0, 0, 0}));
        const std::vector<float> active(4, 1.0f);
        EXPECT_EQ(backward({kLeast, below, -kLeast, -below}, active, 4, {}).dz,
                  (std::vector<float>{kLeast, 0, -kLeast, 0}));
        const Gradients scaled = backward({kLeast / 2, below / 2, -kLeast / 2, -below / 2}, active, 4, half);
        EXPECT_EQ(scaled.dz, (std::vector<float>{kLeast, 0, -kLeast, 0}));
        EXPECT_EQ(scaled.dbias, scaled.dz);
        for (const float zero : {scaled.dz[1], scaled.dz[3]}) EXPECT_FALSE(std::signbit(zero));
    });
}

TEST(Activation, OperandsHaveABitmap) {
    for (const std::size_t columns : {1u, 16u, 63u, 130u}) {
        std::mt19937 generator(3);
        std::vector<float> values = uniform(generator, 3 * columns);
        for (float& value : values) value = std::max(value, 0.0f);
        PaddedMatrix<> from(3, columns, values);
        testing_support::with_each_simd([&] {
            PaddedMatrix<> to = something<float>(3, columns);
            as_operand(from.values(), to.sparse());
            EXPECT_EQ(to.dense(), values);
            EXPECT_TRUE(to.has_zero_padding());
            EXPECT_TRUE(to.has_right_bitmap());
            PaddedMatrix<linalg::BFloat16> halves = something<linalg::BFloat16>(3, columns);
            as_operand(from.values(), halves.sparse());
            EXPECT_EQ(halves.dense(), PaddedMatrix<linalg::BFloat16>(3, columns, values).dense());
            EXPECT_TRUE(halves.has_zero_padding());
            EXPECT_TRUE(halves.has_right_bitmap());
        });
    }
}

/// Widths around those of vector registers and random blocks.
const std::vector<std::size_t> kWidths = {1, 7, 8, 9, 16, 31, 33, 64, 65, 140};

TEST(BiasReluDropout, ForwardIsTheFormula) {
    constexpr std::size_t kRows = 6;
    std::mt19937 generator(1);
    for (const std::size_t units : kWidths) {
        for (const double rate : {0.0, 0.3}) {
            SCOPED_TRACE(testing::Message() << units << " units, rate " << rate);
            const Dropout dropout(rate, kSeed, 0, 0);
            const std::vector<std::uint32_t> samples = {4, 8, 15, 16, 23, 42};
            const std::vector<float> before = uniform(generator, kRows * units);
            const std::vector<float> bias = uniform(generator, units);
            std::vector<float> expected(before.size());
            std::vector<std::uint16_t> bits(units);
            for (std::size_t i = 0; i < kRows; ++i) {
                dropout.random_bits(samples[i], bits);
                for (std::size_t u = 0; u < units; ++u) {
                    // One addition and one product, each rounded once: the bits are determined.
                    const float sum = before[i * units + u] + bias[u];
                    const bool kept = bits[u] >= std::lround(65536 * rate);
                    expected[i * units + u] = sum > 0 && kept ? sum * dropout.scale() : 0.0f;
                }
            }
            PaddedMatrix<linalg::BFloat16> narrowed(kRows, units, expected);
            testing_support::with_each_simd([&] {
                EXPECT_EQ(forward(before, bias, dropout, samples), expected);
                EXPECT_EQ(forward<linalg::BFloat16>(before, bias, dropout, samples), narrowed.dense());
            });
        }
    }
}

TEST(BiasReluDropout, BackwardIsTheFormula) {
    constexpr std::size_t kRows = 6;
    std::mt19937 generator(2);
    for (const std::size_t units : kWidths) {
        for (const double rate : {0.0, 0.3}) {
            SCOPED_TRACE(testing::Message() << units << " units, rate " << rate);
            const Dropout dropout(rate, kSeed, 0, 0);
            const std::vector<float> da = uniform(generator, kRows * units);
            std::vector<float> a = uniform(generator, kRows * units);
            for (float& activation : a) activation = std::max(activation, 0.0f);  // about half were cut off or dropped
            Gradients expected{da, std::vector<float>(units)};
            for (std::size_t i = 0; i < da.size(); ++i) {
                expected.dz[i] = a[i] > 0 ? da[i] * dropout.scale() : 0.0f;
                // In float and in ascending order, as promised: the bits are determined.
                expected.dbias[i % units] += expected.dz[i];
            }
            PaddedMatrix<linalg::BFloat16> narrowed(kRows, units, expected.dz);
            testing_support::with_each_simd([&] {
                const Gradients own = backward(da, a, units, dropout);
                EXPECT_EQ(own.dz, expected.dz);
                EXPECT_EQ(own.dbias, expected.dbias);
                const Gradients halves = backward<linalg::BFloat16>(da, a, units, dropout);
                EXPECT_EQ(halves.dz, narrowed.dense());
                EXPECT_EQ(halves.dbias, expected.dbias) << "summed up before narrowing";
            });
        }
    }
}

TEST(BiasReluDropout, NoRowsGiveAZeroBiasGradient) {
    const Gradients none = backward({}, {}, 3, Dropout(0.5, kSeed, 0, 0));
    EXPECT_EQ(none.dbias, std::vector<float>(3, 0.0f));
}

}  // namespace
}  // namespace dropsweep::nn
