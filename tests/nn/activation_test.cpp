#include "dropsweep/nn/activation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../support/each_kernel.hpp"
#include "../support/padded_matrix.hpp"

namespace dropsweep::nn {
namespace {

using testing_support::PaddedMatrix;

constexpr std::uint64_t kSeed = 1;

/// Its padding zero, as that of biases is.
linalg::FloatBuffer padded_row(const std::vector<float>& values) {
    linalg::FloatBuffer row(linalg::padded_stride(values.size()));
    std::ranges::copy(values, row.data());
    return row;
}

/// What was there before, for outputs that have to be written.
template <class T>
PaddedMatrix<T> something(std::size_t rows, std::size_t columns) {
    PaddedMatrix<T> matrix(rows, columns);
    for (std::size_t i = 0; i < rows * linalg::padded_stride(columns); ++i) {
        linalg::narrow(std::nanf(""), matrix.values().data[i]);
    }
    std::ranges::fill(matrix.nonzeros().all(), ~std::uint64_t{0});
    return matrix;
}

/// The result of the forward pass, checked for its padding and its bitmap. [samples.size() or rows, bias.size()]
template <class T = float>
std::vector<float> forward(const std::vector<float>& z, const std::vector<float>& bias, const Dropout& dropout,
                           std::span<const std::uint32_t> samples) {
    const std::size_t units = bias.size();
    const std::size_t rows = z.size() / units;
    PaddedMatrix<> products(rows, units, z);
    PaddedMatrix<T> a = something<T>(rows, units);
    const linalg::FloatBuffer row = padded_row(bias);
    bias_relu_dropout_forward(products.values(), row.span(), dropout, samples, a.sparse());
    EXPECT_TRUE(a.has_zero_padding());
    EXPECT_TRUE(a.has_right_bitmap());
    if constexpr (std::is_same_v<T, float>) {
        bias_relu_dropout_forward(products.values(), row.span(), dropout, samples, products.sparse());
        const std::vector<float> in_place = products.dense();
        EXPECT_EQ(std::memcmp(in_place.data(), a.dense().data(), in_place.size() * sizeof(float)), 0) << "in place";
        EXPECT_TRUE(products.has_zero_padding());
        EXPECT_TRUE(std::ranges::equal(products.nonzeros().all(), a.nonzeros().all()));
    }
    return a.dense();
}

struct Gradients {
    std::vector<float> dz;
    std::vector<float> dbias;
};

/// The result of the backward pass, checked for its padding and its bitmap.
/// @param a  the activations
template <class T = float>
Gradients backward(const std::vector<float>& da, const std::vector<float>& a, std::size_t units,
                   const Dropout& dropout) {
    const std::size_t rows = da.size() / units;
    PaddedMatrix<> above(rows, units, da);
    PaddedMatrix<T> active(rows, units, a);
    PaddedMatrix<T> dz = something<T>(rows, units);
    linalg::FloatBuffer dbias = padded_row(std::vector<float>(units, 99.0f));
    bias_relu_dropout_backward(above.values(), active.nonzeros(), dropout, dbias.span(), dz.sparse());
    EXPECT_TRUE(dz.has_zero_padding());
    EXPECT_TRUE(dz.has_right_bitmap());
    for (std::size_t i = units; i < dbias.size(); ++i) EXPECT_EQ(dbias.data()[i], 0);
    return {dz.dense(), {dbias.data(), dbias.data() + units}};
}

std::vector<float> uniform(std::mt19937& generator, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(generator()) * 0x1p-31f - 1.0f;
    return values;
}

std::vector<std::uint32_t> count_up(std::uint32_t first, std::size_t count) {
    std::vector<std::uint32_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) samples[i] = first + static_cast<std::uint32_t>(i);
    return samples;
}

/// 1 where a unit is kept, 0 where it is dropped: [samples.size(), units], as the forward pass shows it.
std::vector<int> mask(const Dropout& dropout, std::span<const std::uint32_t> samples, std::size_t units) {
    const std::vector<float> a =
        forward(std::vector<float>(samples.size() * units, 1.0f), std::vector<float>(units), dropout, samples);
    std::vector<int> kept(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_TRUE(a[i] == 0.0f || a[i] == dropout.scale()) << a[i];
        kept[i] = a[i] > 0 ? 1 : 0;
    }
    return kept;
}

double mean(const std::vector<int>& values) {
    double sum = 0;
    for (const int value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

/// Pearson's coefficient. For independent sequences of length n it has mean 0 and standard deviation 1 / sqrt(n).
double correlation(const std::vector<int>& a, const std::vector<int>& b) {
    const double mean_a = mean(a);
    const double mean_b = mean(b);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return ab / std::sqrt(aa * bb);
}

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

TEST(Dropout, RateIsInSixteenBits) {
    for (const double rate : {0.1, 0.25, 0.3, 0.5, 0.8, 0.999}) {
        const Dropout dropout(rate, kSeed, 0, 0);
        EXPECT_TRUE(dropout.active());
        EXPECT_EQ(dropout.threshold(), static_cast<std::uint32_t>(std::floor(65536 * rate + 0.5))) << rate;
        EXPECT_EQ(dropout.scale(), static_cast<float>(1 / (1 - dropout.threshold() / 65536.0))) << rate;
    }
    EXPECT_EQ(Dropout(0.5, kSeed, 0, 0).scale(), 2.0f);
}

TEST(Dropout, RateAlmostOneStillKeepsUnitsAndIsFinite) {
    const Dropout dropout(0.9999999, kSeed, 0, 0);
    EXPECT_EQ(dropout.threshold(), 65535u);
    EXPECT_EQ(dropout.scale(), 65536.0f);
    const std::vector<int> kept = mask(dropout, count_up(0, 1000), 512);  // 512,000 / 65536 = 7.8 are kept
    EXPECT_GT(mean(kept), 0);
    EXPECT_LT(mean(kept), 1e-4);
}

TEST(Dropout, RateZeroDrawsNothing) {
    for (const Dropout& dropout : {Dropout(), Dropout(0.0, kSeed, 0, 0)}) {
        EXPECT_FALSE(dropout.active());
        EXPECT_EQ(dropout.scale(), 1.0f);
        EXPECT_EQ(forward({-1, 0, 1, 2}, {0.5f, -0.5f}, dropout, {}), (std::vector<float>{0, 0, 1.5f, 1.5f}));
    }
}

// Binomial with n = 102,400 and q = threshold / 65536: five standard deviations of the share are 5 sqrt(q (1 - q) / n).
TEST(DropoutMask, ShareOfZerosIsTheRate) {
    for (const double rate : {0.1, 0.2, 0.3, 0.5, 0.8, 0.9}) {
        const Dropout dropout(rate, kSeed, 0, 0);
        const std::vector<int> kept = mask(dropout, count_up(0, 200), 512);
        const double q = dropout.threshold() / 65536.0;
        EXPECT_NEAR(1 - mean(kept), q, 5 * std::sqrt(q * (1 - q) / static_cast<double>(kept.size()))) << rate;
    }
}

// The same bound for each unit and each sample: no place is dropped more often than another. With 512 + 512 shares of
// 512 draws, six standard deviations are missed by chance with probability 2e-6.
TEST(DropoutMask, EveryUnitAndEverySampleHasTheRate) {
    constexpr std::size_t kSide = 512;
    const Dropout dropout(0.5, kSeed, 1, 3);
    const std::vector<int> kept = mask(dropout, count_up(1000, kSide), kSide);
    const double bound = 6 * std::sqrt(0.25 * kSide);
    for (std::size_t i = 0; i < kSide; ++i) {
        int of_sample = 0;
        int of_unit = 0;
        for (std::size_t j = 0; j < kSide; ++j) {
            of_sample += kept[i * kSide + j];
            of_unit += kept[j * kSide + i];
        }
        EXPECT_NEAR(of_sample, kSide / 2.0, bound) << "sample " << i;
        EXPECT_NEAR(of_unit, kSide / 2.0, bound) << "unit " << i;
    }
}

TEST(DropoutMask, IsIndependentOfOtherEpochsLayersSamplesSeedsAndUnits) {
    constexpr std::size_t kUnits = 500;
    constexpr std::size_t kRows = 200;
    const std::vector<std::uint32_t> samples = count_up(0, kRows);
    const auto kept = [&](std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch, std::uint32_t first_sample) {
        return mask(Dropout(0.3, seed, layer, epoch), count_up(first_sample, kRows), kUnits);
    };
    const std::vector<int> reference = kept(kSeed, 0, 0, 0);
    const double bound = 5 / std::sqrt(kUnits * kRows);
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed, 0, 1, 0))), bound) << "epoch";
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed, 1, 0, 0))), bound) << "layer";
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed, 0, 0, 1))), bound) << "next sample";
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed, 0, 0, 54'000))), bound) << "other samples";
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed + 1, 0, 0, 0))), bound) << "seed";
    EXPECT_LT(std::abs(correlation(reference, kept(kSeed + (std::uint64_t{1} << 32), 0, 0, 0))), bound) << "seed";
    for (const std::size_t lag : {1u, 2u, 4u, 8u, 16u}) {
        const auto cut = static_cast<std::ptrdiff_t>(lag);
        const std::vector<int> front(reference.begin(), reference.end() - cut);
        const std::vector<int> back(reference.begin() + cut, reference.end());
        EXPECT_LT(std::abs(correlation(front, back)), bound) << "units " << lag << " apart";
    }
}

TEST(DropoutMask, DependsOnTheSampleAloneNotOnTheBatch) {
    constexpr std::size_t kUnits = 21;
    const Dropout dropout(0.4, kSeed, 1, 2);
    const std::vector<std::uint32_t> batch = {5, 900, 2, 53'999, 4'000'000'000, 900};
    const std::vector<int> together = mask(dropout, batch, kUnits);
    const std::vector<int> among_many = mask(dropout, count_up(0, 1000), kUnits);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto row = [&](const std::vector<int>& masks, std::size_t index) {
            const auto first = masks.begin() + static_cast<std::ptrdiff_t>(index * kUnits);
            return std::vector<int>(first, first + kUnits);
        };
        EXPECT_EQ(row(together, i), mask(dropout, std::span(batch).subspan(i, 1), kUnits)) << "row " << i;
        if (batch[i] < 1000) {
            EXPECT_EQ(row(together, i), row(among_many, batch[i])) << "row " << i;
        }
    }
}

TEST(DropoutMask, OfANarrowLayerIsTheStartOfThatOfAWideOne) {
    const Dropout dropout(0.4, kSeed, 0, 0);
    std::vector<std::uint16_t> wide(40);
    dropout.random_bits(7, wide);
    for (std::size_t units = 0; units < wide.size(); ++units) {
        std::vector<std::uint16_t> narrow(units);
        dropout.random_bits(7, narrow);
        EXPECT_TRUE(std::equal(narrow.begin(), narrow.end(), wide.begin())) << units;
    }
}

TEST(DropoutMask, BitsAreThoseOfTheBlocks) {
    const Dropout dropout(0.4, kSeed, 3, 9);
    std::vector<std::uint16_t> bits(19);
    dropout.random_bits(7, bits);
    for (std::uint32_t u = 0; u < bits.size(); ++u) {
        const auto block = linalg::random_block({kSeed, linalg::Purpose::dropout, 3, 9}, 7, u / 8);
        EXPECT_EQ(bits[u], block[u % 8 / 2] >> (16 * (u % 2)) & 0xffff) << u;
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
