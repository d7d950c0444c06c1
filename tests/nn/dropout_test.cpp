// The masks of dropout: their rate, and that nothing but seed, epoch, layer, sample and unit decides them.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "activation_fixture.hpp"

namespace dropsweep::nn {
namespace {

std::vector<std::uint32_t> count_up(std::uint32_t first, std::size_t count) {
    std::vector<std::uint32_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) samples[i] = first + static_cast<std::uint32_t>(i);
    return samples;
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
    const auto kept = [&](std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch, std::uint32_t first_sample) {
        return mask(Dropout(0.3, seed, layer, epoch), count_up(first_sample, kRows), kUnits);
    };
    const std::vector<int> reference = kept(kSeed, 0, 0, 0);
    const double bound = 5 / std::sqrt(kUnits * kRows);
    const auto expect_independent = [&](const std::vector<int>& other, const char* of) {
        EXPECT_LT(std::abs(correlation(reference, other)), bound) << of;
    };
    expect_independent(kept(kSeed, 0, 1, 0), "epoch");
    expect_independent(kept(kSeed, 1, 0, 0), "layer");
    expect_independent(kept(kSeed, 0, 0, 1), "next sample");
    expect_independent(kept(kSeed, 0, 0, 54'000), "other samples");
    expect_independent(kept(kSeed + 1, 0, 0, 0), "seed");
    expect_independent(kept(kSeed + (std::uint64_t{1} << 32), 0, 0, 0), "high half of the seed");
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

}  // namespace
}  // namespace dropsweep::nn
