// The order of an epoch, batches cut into leaves, and the rows that are gathered for them.
#include "dropsweep/data/batches.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/linalg/philox.hpp"

#include "../support/each_kernel.hpp"
#include "../support/padded_matrix.hpp"

namespace dropsweep::data {
namespace {

using testing::ElementsAre;

TEST(Batches, OfTheExperiment) {
    const std::vector<std::uint32_t> order = file_order(54'000);
    const Batches batches(order, 128);
    ASSERT_EQ(batches.count(), 422u);
    for (std::size_t b = 0; b < 421; ++b) ASSERT_EQ(batches[b].size(), 128u) << b;
    EXPECT_EQ(batches[421].size(), 112u);
    EXPECT_EQ(batches[421].back(), 53'999u);
}

TEST(Batches, HoldTheOrderOnce) {
    const std::vector<std::uint32_t> order = shuffled_order(103, 1, 0);
    for (const std::size_t batch_size : {1u, 2u, 10u, 102u, 103u, 104u, 1000u}) {
        const Batches batches(order, batch_size);
        std::vector<std::uint32_t> joined;
        for (std::size_t b = 0; b < batches.count(); ++b) {
            EXPECT_FALSE(batches[b].empty());
            joined.insert(joined.end(), batches[b].begin(), batches[b].end());
        }
        EXPECT_EQ(joined, order) << batch_size;
    }
}

TEST(RowsOfLeaves, AreRunsOfTheBatch) {
    const auto rows = [](std::size_t begin, std::size_t end, std::size_t batch_rows) {
        const linalg::Range range = rows_of_leaves({begin, end}, 4, batch_rows);
        return std::pair{range.begin, range.end};
    };
    EXPECT_EQ(rows(0, 1, 13), (std::pair<std::size_t, std::size_t>{0, 4}));
    EXPECT_EQ(rows(1, 3, 13), (std::pair<std::size_t, std::size_t>{4, 12}));
    EXPECT_EQ(rows(3, 4, 13), (std::pair<std::size_t, std::size_t>{12, 13})) << "the last one is short";
    EXPECT_EQ(rows(0, 4, 13), (std::pair<std::size_t, std::size_t>{0, 13}));
    // Of a short batch.
    EXPECT_EQ(rows(0, 1, 3), (std::pair<std::size_t, std::size_t>{0, 3}));
    EXPECT_EQ(rows(1, 2, 3), (std::pair<std::size_t, std::size_t>{3, 3})) << "empty";
    EXPECT_EQ(rows(2, 4, 3), (std::pair<std::size_t, std::size_t>{3, 3})) << "empty";
}

TEST(FileOrder, CountsUp) {
    EXPECT_THAT(file_order(4), ElementsAre(0, 1, 2, 3));
    EXPECT_TRUE(file_order(0).empty());
}

/// Fisher and Yates with paper and pencil: strike out the r-th of those that are left, write it down from the back; the
/// last one left takes the place of the one struck out. r is drawn by rejection, as Lemire's algorithm without its
/// short cut.
std::vector<std::uint32_t> naive_shuffle(std::size_t count, std::uint64_t seed, std::uint32_t epoch) {
    linalg::PhiloxSequence numbers({seed, linalg::Purpose::shuffle, 0, epoch}, 0);
    std::vector<std::uint32_t> left = file_order(count);
    std::vector<std::uint32_t> order(count);
    while (left.size() > 1) {
        const std::uint64_t choices = left.size();
        std::uint64_t product = 0;
        do product = numbers.next() * choices;
        while (product % (std::uint64_t{1} << 32) < (std::uint64_t{1} << 32) % choices);
        const std::size_t chosen = product >> 32;
        order[choices - 1] = left[chosen];
        left[chosen] = left.back();
        left.pop_back();
    }
    if (count > 0) order[0] = left[0];
    return order;
}

TEST(ShuffledOrder, IsFisherAndYates) {
    for (const std::size_t count : {0u, 1u, 2u, 3u, 100u, 54'000u}) {
        for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{0x123456789}}) {
            EXPECT_EQ(shuffled_order(count, seed, 3), naive_shuffle(count, seed, 3)) << count << ", seed " << seed;
        }
    }
}

TEST(ShuffledOrder, IsAPermutation) {
    std::vector<std::uint32_t> order = shuffled_order(54'000, 1, 0);
    EXPECT_NE(order, file_order(54'000));
    std::ranges::sort(order);
    EXPECT_EQ(order, file_order(54'000));
}

TEST(ShuffledOrder, DependsOnSeedAndEpoch) {
    const std::vector<std::uint32_t> order = shuffled_order(100, 1, 0);
    EXPECT_EQ(shuffled_order(100, 1, 0), order);
    EXPECT_NE(shuffled_order(100, 1, 1), order);
    EXPECT_NE(shuffled_order(100, 2, 0), order);
    EXPECT_NE(shuffled_order(100, 1 + (std::uint64_t{1} << 32), 0), order);
}

// Chi-square over the 24 permutations of 4, 23 degrees of freedom. Wilson and Hilferty: it exceeds
// 23 (1 - 2/207 + 5 sqrt(2/207))^3 = 74.8 with the probability of five standard deviations.
TEST(ShuffledOrder, MakesEachPermutationEquallyOften) {
    constexpr std::uint32_t kEpochs = 12'000;
    std::map<std::vector<std::uint32_t>, int> counts;
    for (std::uint32_t epoch = 0; epoch < kEpochs; ++epoch) ++counts[shuffled_order(4, 1, epoch)];
    ASSERT_EQ(counts.size(), 24u);
    double chi_square = 0;
    for (const auto& [order, count] : counts) chi_square += std::pow(count - kEpochs / 24.0, 2) / (kEpochs / 24.0);
    EXPECT_LT(chi_square, 74.8);
}

/// What gather makes of some samples, checked for its padding and its bitmap.
template <class T = float>
std::vector<float> gathered(const Samples& samples, const std::vector<std::uint32_t>& chosen,
                            std::vector<std::uint8_t>& labels) {
    testing_support::PaddedMatrix<T> x(chosen.size(), samples.features);
    for (std::size_t i = 0; i < chosen.size() * linalg::padded_stride(samples.features); ++i) {
        linalg::narrow(std::nanf(""), x.values().data[i]);
    }
    std::ranges::fill(x.nonzeros().all(), ~std::uint64_t{0});
    labels.assign(chosen.size(), 99);
    gather(samples, chosen, x.sparse(), labels);
    EXPECT_TRUE(x.has_zero_padding());
    EXPECT_TRUE(x.has_right_bitmap());
    return x.dense();
}

TEST(Gather, CopiesTheChosenSamplesDividedBy255) {
    const std::vector<std::uint8_t> pixels = {0, 255, 51, 102, 1, 254};
    const std::vector<std::uint8_t> labels = {3, 1, 2};
    testing_support::with_each_simd([&] {
        std::vector<std::uint8_t> y;
        EXPECT_THAT(gathered({pixels, labels, 2}, {2, 0, 2}, y),
                    ElementsAre(1.0f / 255, 254.0f / 255, 0.0f, 1.0f, 1.0f / 255, 254.0f / 255));
        EXPECT_THAT(y, ElementsAre(2, 3, 2));
    });
}

/// Whole vectors of pixels, and what is left; the samples end with the last pixel.
TEST(Gather, OfAnyWidth) {
    for (const std::size_t features : {1u, 15u, 16u, 17u, 63u, 64u, 65u, 130u, 784u}) {
        std::vector<std::uint8_t> pixels(3 * features);
        for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i % 3 == 0 ? 0 : 7 * i);
        const std::vector<std::uint8_t> labels = {0, 1, 2};
        std::vector<float> expected;
        for (const std::size_t sample : {1u, 2u}) {
            for (std::size_t p = 0; p < features; ++p) expected.push_back(pixels[sample * features + p] / 255.0f);
        }
        testing_support::with_each_simd([&] {
            std::vector<std::uint8_t> y;
            EXPECT_EQ(gathered({pixels, labels, features}, {1, 2}, y), expected) << features;
            testing_support::PaddedMatrix<linalg::BFloat16> narrowed(2, features, expected);
            EXPECT_EQ(gathered<linalg::BFloat16>({pixels, labels, features}, {1, 2}, y), narrowed.dense()) << features;
            // The same as numbers.
            std::vector<float> numbers(features, std::nanf(""));
            numbers.insert(numbers.end(), expected.begin(), expected.end());
            EXPECT_EQ(gathered({{}, labels, features, numbers}, {1, 2}, y), expected) << features;
            EXPECT_EQ(gathered<linalg::BFloat16>({{}, labels, features, numbers}, {1, 2}, y), narrowed.dense());
        });
    }
}

// The quotient in double, rounded once more, is the float quotient for every byte.
TEST(Gather, DividesEveryByteExactly) {
    std::vector<std::uint8_t> pixels(256);
    std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
    const std::vector<std::uint8_t> labels = {0};
    testing_support::with_each_simd([&] {
        std::vector<std::uint8_t> y;
        const std::vector<float> x = gathered({pixels, labels, 256}, {0}, y);
        for (std::size_t p = 0; p < 256; ++p) EXPECT_EQ(x[p], static_cast<float>(static_cast<double>(p) / 255.0)) << p;
    });
}

}  // namespace
}  // namespace dropsweep::data
