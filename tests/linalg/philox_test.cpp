// Philox beside its known answers, and the numbers made of it.
#include "dropsweep/linalg/philox.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/each_kernel.hpp"

namespace dropsweep::linalg {
namespace {

using Block = std::array<std::uint32_t, 4>;

// "philox4x32 10" in Random123's kat_vectors: counter words {block, item, epoch, purpose and layer}, key words
// {low, high half of the seed}. The digits of pi put another number into each place.
TEST(RandomBlock, GivesTheKnownAnswers) {
    EXPECT_EQ(random_block({0, static_cast<Purpose>(0), 0, 0}, 0, 0),
              (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(
        random_block({0xffffffffffffffff, static_cast<Purpose>(0xff), 0xffffff, 0xffffffff}, 0xffffffff, 0xffffffff),
        (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(random_block({0x299f31d0a4093822, Purpose::dropout, 0x707344, 0x13198a2e}, 0x85a308d3, 0x243f6a88),
              (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomBlock, EveryPartOfTheNameMatters) {
    const StreamKey key{7, Purpose::dropout, 1, 2};
    const std::vector<Block> blocks = {
        random_block(key, 3, 4),
        random_block({8, Purpose::dropout, 1, 2}, 3, 4),
        random_block({7 + (std::uint64_t{1} << 32), Purpose::dropout, 1, 2}, 3, 4),
        random_block({7, Purpose::shuffle, 1, 2}, 3, 4),
        random_block({7, Purpose::initial_weights, 1, 2}, 3, 4),
        random_block({7, Purpose::synthetic_digits, 1, 2}, 3, 4),
        random_block({7, Purpose::dropout, 0, 2}, 3, 4),
        random_block({7, Purpose::dropout, 1, 3}, 3, 4),
        random_block(key, 4, 4),
        random_block(key, 3, 3),
    };
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(blocks[i], blocks[j]) << i << " and " << j;
    }
}

/// With the vectors of each instruction set, for all numbers of blocks: whole vectors and what is left.
TEST(Philox, SeveralBlocksAtOnceAreThoseOneByOne) {
    const StreamKey key{0x123456789abcdef0, Purpose::dropout, 3, 77};
    testing_support::with_each_simd([&] {
        for (std::size_t blocks = 0; blocks < 40; ++blocks) {
            std::vector<std::uint16_t> pieces(8 * blocks + 1, 0xabcd);
            random_blocks(key, 0xfedcba98, std::span(pieces).first(8 * blocks));
            EXPECT_EQ(pieces.back(), 0xabcd) << "written behind the end";
            for (std::size_t i = 0; i < 8 * blocks; ++i) {
                const std::uint32_t word = random_block(key, 0xfedcba98, static_cast<std::uint32_t>(i / 8))[i % 8 / 2];
                ASSERT_EQ(pieces[i], i % 2 == 0 ? word & 0xffff : word >> 16) << i;
            }
        }
    });
}

TEST(PhiloxSequence, IsTheBlocksOfItsItemOneAfterTheOther) {
    const StreamKey key{11, Purpose::shuffle, 0, 5};
    PhiloxSequence sequence(key, 9);
    for (std::uint32_t block = 0; block < 3; ++block) {
        for (const std::uint32_t word : random_block(key, 9, block)) EXPECT_EQ(sequence.next(), word);
    }
}

TEST(PhiloxSequence, UniformIsTheHighest24Bits) {
    PhiloxSequence words({1, Purpose::initial_weights}, 0);
    PhiloxSequence uniforms({1, Purpose::initial_weights}, 0);
    for (int i = 0; i < 1000; ++i) {
        const float u = uniforms.uniform();
        EXPECT_EQ(u, std::floor(words.next() / 256.0) / 16777216.0);
        EXPECT_GE(u, 0.0f);
        EXPECT_LT(u, 1.0f);
    }
}

TEST(PhiloxSequence, BelowOneIsZero) {
    PhiloxSequence sequence({1, Purpose::shuffle}, 0);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(sequence.below(1), 0u);
}

// With bound 3 * 2^30, a plain remainder or a product without rejection would give every third (or the lowest) numbers
// twice as often: of four equal parts of 2^32 two fall together. Each third is binomial with n = 30,000 and q = 1/3,
// standard deviation sqrt(n q (1 - q)) = 82; 5 of them are 410, while the bias would be 2500 or more.
TEST(PhiloxSequence, BelowIsUnbiased) {
    constexpr std::uint32_t kBound = 3u << 30;
    constexpr int kDraws = 30'000;
    PhiloxSequence sequence({1, Purpose::shuffle}, 0);
    std::array<int, 3> thirds{};
    std::array<int, 3> residues{};
    for (int i = 0; i < kDraws; ++i) {
        const std::uint32_t number = sequence.below(kBound);
        ASSERT_LT(number, kBound);
        ++thirds[number >> 30];
        ++residues[number % 3];
    }
    const double bound = 5 * std::sqrt(kDraws * (1.0 / 3) * (2.0 / 3));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(thirds[i], kDraws / 3, bound) << "third " << i;
        EXPECT_NEAR(residues[i], kDraws / 3, bound) << "residue " << i;
    }
}

// Chi-square with 9 degrees of freedom. Wilson and Hilferty: it exceeds 9 (1 - 2/81 + 5 sqrt(2/81))^3 = 49.8 with the
// probability of five standard deviations.
TEST(PhiloxSequence, BelowReachesEachNumberEquallyOften) {
    constexpr int kDraws = 10'000;
    PhiloxSequence sequence({2, Purpose::shuffle}, 0);
    std::array<int, 10> counts{};
    for (int i = 0; i < kDraws; ++i) ++counts.at(sequence.below(10));
    double chi_square = 0;
    for (const int count : counts) chi_square += std::pow(count - kDraws / 10.0, 2) / (kDraws / 10.0);
    EXPECT_LT(chi_square, 49.8);
}

}  // namespace
}  // namespace dropsweep::linalg
