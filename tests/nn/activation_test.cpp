#include "dropsweep/nn/activation.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::nn {
namespace {

constexpr std::uint64_t kSeed = 1;

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
    std::vector<float> z(samples.size() * units, 1.0f);
    const std::vector<float> bias(units, 0.0f);
    bias_relu_dropout_forward({z.data(), samples.size(), units}, bias, dropout, samples);
    std::vector<int> kept(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
        EXPECT_TRUE(z[i] == 0.0f || z[i] == dropout.scale()) << z[i];
        kept[i] = z[i] > 0 ? 1 : 0;
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
    const std::vector<float> bias(kUnits, 0.0f);
    const std::vector<std::uint32_t> samples = {0};
    for (const Dropout& dropout : {Dropout(), Dropout(0.5, kSeed, 0, 0)}) {
        std::vector<float> z(kUnits, std::nanf(""));
        bias_relu_dropout_forward({z.data(), 1, kUnits}, bias, dropout, samples);
        for (const float a : z) EXPECT_TRUE(std::isnan(a));
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
        std::vector<float> z = {-1, 0, 1, 2};
        bias_relu_dropout_forward({z.data(), 2, 2}, std::vector<float>{0.5f, -0.5f}, dropout, {});
        EXPECT_EQ(z, (std::vector<float>{0, 0, 1.5f, 1.5f}));
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
        const auto block = core::random_block({kSeed, core::Purpose::dropout, 3, 9}, 7, u / 8);
        EXPECT_EQ(bits[u], block[u % 8 / 2] >> (16 * (u % 2)) & 0xffff) << u;
    }
}

/// Widths around those of vector registers and random blocks.
const std::vector<std::size_t> kWidths = {1, 7, 8, 9, 16, 31, 33};

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
            std::vector<float> a = before;
            bias_relu_dropout_forward({a.data(), kRows, units}, bias, dropout, samples);
            std::vector<std::uint16_t> bits(units);
            for (std::size_t i = 0; i < kRows; ++i) {
                dropout.random_bits(samples[i], bits);
                for (std::size_t u = 0; u < units; ++u) {
                    // One addition and one product, each rounded once: the bits are determined.
                    const float sum = before[i * units + u] + bias[u];
                    const bool kept = bits[u] >= std::lround(65536 * rate);
                    EXPECT_EQ(a[i * units + u], sum > 0 && kept ? sum * dropout.scale() : 0.0f);
                }
            }
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
            std::vector<float> dz = da;
            std::vector<float> dbias(units, 99.0f);
            bias_relu_dropout_backward({dz.data(), kRows, units}, core::Matrix(a.data(), kRows, units), dropout, dbias);
            for (std::size_t u = 0; u < units; ++u) {
                float sum = 0;
                for (std::size_t i = 0; i < kRows; ++i) {
                    const std::size_t at = i * units + u;
                    const float expected = a[at] > 0 ? da[at] * dropout.scale() : 0.0f;
                    EXPECT_EQ(dz[at], expected);
                    sum += expected;  // in float and in ascending order, as promised: the bits are determined
                }
                EXPECT_EQ(dbias[u], sum);
            }
        }
    }
}

TEST(BiasReluDropout, NoRowsGiveAZeroBiasGradient) {
    std::vector<float> dbias(3, 99.0f);
    bias_relu_dropout_backward({nullptr, 0, 3}, core::Matrix(nullptr, 0, 3), Dropout(0.5, kSeed, 0, 0), dbias);
    EXPECT_EQ(dbias, std::vector<float>(3, 0.0f));
}

}  // namespace
}  // namespace dropsweep::nn
