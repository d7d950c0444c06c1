// The kernels of sparse products have the bits of naive chains, with each instruction set.
#include "dropsweep/linalg/sparse_product.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/denormals_are_zero.hpp"
#include "../support/each_kernel.hpp"
#include "../support/error_of.hpp"
#include "../support/padded_matrix.hpp"
#include "../support/random_values.hpp"

namespace dropsweep::linalg {
namespace {

using testing_support::bits_of;
using testing_support::PaddedMatrix;
using testing_support::with_each_kernel;
using testing_support::with_each_simd;

/// Of many sizes, so that sums of products round; a share of them zeros.
std::vector<float> random_values(std::mt19937& bits, std::size_t count, double density) {
    std::vector<float> values(count);
    for (float& value : values) {
        const float number = std::ldexp(static_cast<float>(bits()) * 0x1p-31f - 1.0f, static_cast<int>(bits() % 8));
        if (static_cast<double>(bits()) < density * 0x1p32) value = number;
    }
    return values;
}

/// The naive C = A B: every term, k ascending.
std::vector<float> naive_product(const std::vector<float>& a, const std::vector<float>& b, std::size_t m, std::size_t k,
                                 std::size_t n) {
    std::vector<float> c(m * n);
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t l = 0; l < k; ++l) c[i * n + j] = std::fma(a[i * k + l], b[l * n + j], c[i * n + j]);
        }
    }
    return c;
}

struct Shape {
    std::size_t m, k, n;
};

/// Around the widths of vectors, cache lines, panels and words of a bitmap, and some others.
std::vector<Shape> shapes() {
    std::vector<Shape> all = {{1, 1, 1},    {1, 64, 16},   {3, 10, 7},    {5, 65, 15},   {6, 63, 17}, {7, 128, 31},
                              {8, 129, 33}, {12, 200, 64}, {13, 20, 129}, {64, 70, 144}, {2, 3, 200}, {200, 10, 10}};
    std::mt19937 bits(1);
    for (int i = 0; i < 12; ++i) all.push_back({1 + bits() % 70, 1 + bits() % 200, 1 + bits() % 200});
    return all;
}

constexpr double kDensities[] = {0, 0.05, 0.5, 0.95, 1};

class Product : public testing::Test {
  protected:
    std::mt19937 bits_{2};
};

TEST_F(Product, IsTheChainsOverAllTerms) {
    for (const Shape& shape : shapes()) {
        const std::size_t m = shape.m, k = shape.k, n = shape.n;
        for (const double density : kDensities) {
            SCOPED_TRACE(testing::Message() << m << " x " << k << " x " << n << ", density " << density);
            const std::vector<float> a = random_values(bits_, m * k, density);
            const std::vector<float> b = random_values(bits_, k * n, 1);
            PaddedMatrix left(m, k, a);
            std::vector<float> turned(n * k);
            for (std::size_t i = 0; i < n * k; ++i) turned[i] = b[i % k * n + i / k];
            PaddedMatrix right(k, n, b);
            PaddedMatrix right_turned(n, k, turned);
            const auto expected = bits_of(naive_product(a, b, m, k, n));
            const auto multiply_and_compare = [&] {
                for (const bool is_turned : {false, true}) {
                    PaddedMatrix c(m, n);
                    std::fill_n(c.values().data, m * c.values().stride, std::nanf(""));
                    FloatBuffer scratch;
                    if (is_turned) {
                        multiply_transposed(left.operand(), right_turned.values(), c.values(), scratch);
                    } else {
                        multiply(left.operand(), right.values(), c.values());
                    }
                    EXPECT_EQ(bits_of(c.dense()), expected) << is_turned;
                    EXPECT_TRUE(c.has_zero_padding()) << is_turned;
                }
            };
            with_each_kernel(multiply_and_compare);
            multiply_and_compare();  // by density
        }
    }
}

/// What lies behind the columns of A is nobody's business: it may be the next row of something else. No rows are no
/// work.
TEST_F(Product, TakesRowsOfAWhereverTheyLie) {
    constexpr std::size_t kRows = 7, kInner = 70, kStride = 73;
    const std::vector<float> a = random_values(bits_, kRows * kInner, 0.5);
    const std::vector<float> b = random_values(bits_, kInner * 20, 1);
    PaddedMatrix twin(kRows, kInner, a);
    PaddedMatrix right(kInner, 20, b);
    std::vector<float> apart(kRows * kStride, std::nanf(""));
    for (std::size_t i = 0; i < kRows; ++i) std::ranges::copy(twin.values().row(i), apart.data() + i * kStride);
    with_each_kernel([&] {
        PaddedMatrix c(kRows, 20);
        multiply({{apart.data(), kRows, kInner, kStride}, twin.nonzeros()}, right.values(), c.values());
        EXPECT_EQ(c.dense(), naive_product(a, b, kRows, kInner, 20));
        multiply({{nullptr, 0, kInner}, {nullptr, 0, kInner}}, right.values(), {nullptr, 0, 20, 48});
    });
}

TEST_F(Product, NaNInAIsNotLost) {
    std::vector<float> a = random_values(bits_, 9 * 70, 0.1);
    a[3 * 70 + 66] = std::nanf("");
    PaddedMatrix left(9, 70, a);
    PaddedMatrix right(70, 20, random_values(bits_, 70 * 20, 1));
    with_each_kernel([&] {
        PaddedMatrix c(9, 20);
        multiply(left.operand(), right.values(), c.values());
        for (std::size_t i = 0; i < 9; ++i) {
            for (const float value : c.values().row(i)) EXPECT_EQ(std::isnan(value), i == 3);
        }
    });
}

/// Zeros hide what is infinite, where they are left out: which shows whether they are.
TEST_F(Product, ZerosAreWhatTheVariableSays) {
    PaddedMatrix left(2, 3, std::vector<float>{0, 1, 0, 0, 1, 0});
    constexpr std::size_t kColumns = 17;  // not so few that density does not count
    std::vector<float> b(3 * kColumns, 2);
    std::fill_n(b.begin(), kColumns, INFINITY);
    PaddedMatrix right(3, kColumns, b);
    const auto product = [&] {
        PaddedMatrix c(2, kColumns);
        multiply(left.operand(), right.values(), c.values());
        return c.dense()[0];
    };
    const testing_support::EnvironmentVariable zeros("DROPSWEEP_ZEROS");
    const auto choose = [&](const char* value) {
        zeros.set(value);
        choose_kernels();
    };
    choose("multiply");
    EXPECT_TRUE(std::isnan(product()));
    choose("skip");
    EXPECT_EQ(product(), 2);
    EXPECT_THAT(error_of(ExitCode::usage, [&] { choose("some"); }), testing::HasSubstr("DROPSWEEP_ZEROS"));
    choose("");
    EXPECT_EQ(product(), 2) << "a third is not dense";
    zeros.unset();
    choose_kernels();
    EXPECT_EQ(product(), 2);
}

TEST_F(Product, AnotherSimdIsAnotherKernel) {
    const LocalReductionPlan plan(4, {0, 4});
    std::vector<std::size_t> scratch;  // grows with the vectors
    with_each_simd([&] { scratch.push_back(leaf_sum_scratch(plan)); });
    EXPECT_TRUE(std::ranges::is_sorted(scratch, std::greater<>()));
    EXPECT_EQ(std::ranges::adjacent_find(scratch), scratch.end()) << "DROPSWEEP_SIMD is not obeyed";
}

/// Contiguous leaves of these sizes.
std::vector<Range> leaves_of_sizes(const std::vector<std::size_t>& sizes) {
    std::vector<Range> leaves;
    std::size_t begin = 0;
    for (const std::size_t size : sizes) {
        leaves.push_back({begin, begin + size});
        begin += size;
    }
    return leaves;
}

/// Empty ones, such that fill a word, and longer ones; a run of the leaves `first` ... of `all`.
struct Leaves {
    std::vector<std::size_t> sizes;
    std::size_t first;
    std::size_t all;
    std::vector<Range> ranges = leaves_of_sizes(sizes);
    std::size_t rows() const { return ranges.back().end; }
    std::size_t bits() const { return 64 * words_for(std::max<std::size_t>(1, std::ranges::max(sizes))); }
};
std::vector<Leaves> runs_of_leaves() {
    return {{{13}, 0, 1},
            {{0}, 0, 1},
            {{4, 4, 4, 1}, 0, 4},
            {{32, 32, 0, 0}, 0, 4},
            {{64, 3}, 1, 5},                       // two nodes
            {{5, 0, 7}, 3, 8},                     // 3, and 4-5
            {{65, 130, 0, 9}, 0, 5},               // 0-3
            {{1, 2, 3, 4, 5, 6, 7}, 1, 8},         // 1, 2-3, 4-7
            {{3, 3, 3, 3, 3, 3, 3, 3, 1}, 0, 9}};  // adds in four slots
}

TEST_F(Product, LeavesAreTransposedBitByBit) {
    for (const Leaves& leaves : runs_of_leaves()) {
        for (const std::size_t columns : {1u, 63u, 64u, 65u, 150u}) {
            PaddedMatrix a(leaves.rows(), columns, random_values(bits_, leaves.rows() * columns, 0.4));
            const std::size_t wide = leaves.ranges.size() * leaves.bits();
            std::vector<std::uint64_t> words(columns * words_for(wide), ~std::uint64_t{0});
            const Bitmap transposed{words.data(), columns, wide};
            transpose_leaves(a.nonzeros(), leaves.ranges, leaves.bits(), transposed);
            for (std::size_t j = 0; j < columns; ++j) {
                for (std::size_t l = 0; l < leaves.ranges.size(); ++l) {
                    for (std::size_t i = 0; i < leaves.bits(); ++i) {
                        const std::size_t bit = l * leaves.bits() + i;
                        const bool expected = i < leaves.sizes[l] && a.values().row(leaves.ranges[l].begin + i)[j] != 0;
                        ASSERT_EQ(transposed.row(j)[bit / 64] >> bit % 64 & 1, expected ? 1u : 0u);
                    }
                }
            }
        }
    }
}

/// The sum of a node of the tree, as docs/arithmetic.md has it: that of its children, of which the right one may be
/// missing.
std::vector<float> naive_node(const TreeNode& node, const Leaves& leaves, const std::vector<float>& a,
                              const std::vector<float>& b, std::size_t k, std::size_t n) {
    if (node.level == 0) {
        const Range rows = leaves.ranges.at(node.index - leaves.first);
        std::vector<float> sum(k * n);
        for (std::size_t m = rows.begin; m < rows.end; ++m) {
            for (std::size_t i = 0; i < k; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    sum[i * n + j] = std::fma(a[m * k + i], b[m * n + j], sum[i * n + j]);
                }
            }
        }
        return sum;
    }
    std::vector<float> sum = naive_node({node.level - 1, 2 * node.index}, leaves, a, b, k, n);
    if ((2 * node.index + 1) << (node.level - 1) < leaves.all) {
        const std::vector<float> right = naive_node({node.level - 1, 2 * node.index + 1}, leaves, a, b, k, n);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += right[i];
    }
    return sum;
}

TEST_F(Product, OfLeavesIsTheChainsAndTheTree) {
    constexpr Shape kWidths[] = {{0, 1, 1}, {0, 7, 17}, {0, 33, 10}, {0, 70, 129}, {0, 31, 150}};
    for (const Leaves& leaves : runs_of_leaves()) {
        const LocalReductionPlan plan(leaves.all, {leaves.first, leaves.first + leaves.ranges.size()});
        for (const Shape& width : kWidths) {
            const std::size_t k = width.k, n = width.n;
            const double density = kDensities[bits_() % 5];
            SCOPED_TRACE(testing::Message() << leaves.rows() << " rows in " << leaves.ranges.size() << " leaves, " << k
                                            << " x " << n << ", density " << density);
            const std::vector<float> a = random_values(bits_, leaves.rows() * k, density);
            const std::vector<float> b = random_values(bits_, leaves.rows() * n, 1);
            PaddedMatrix left(leaves.rows(), k, a);
            PaddedMatrix right(leaves.rows(), n, b);
            const std::size_t wide = leaves.ranges.size() * leaves.bits();
            AlignedBuffer<std::uint64_t> words(k * words_for(wide));
            const Bitmap columns{words.data(), k, wide};
            transpose_leaves(left.nonzeros(), leaves.ranges, leaves.bits(), columns);
            std::vector<std::vector<std::uint32_t>> expected;
            for (const TreeNode& node : plan.nodes) expected.push_back(bits_of(naive_node(node, leaves, a, b, k, n)));

            const auto multiply_and_compare = [&] {
                std::vector<PaddedMatrix<>> sums;
                std::vector<Matrix> views;
                for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
                    sums.emplace_back(k, n);
                    views.push_back(sums.back().values());
                    std::fill_n(views.back().data, k * views.back().stride, std::nanf(""));
                }
                FloatBuffer scratch(leaf_sum_scratch(plan));
                multiply_leaves({left.values(), columns, leaves.bits(), right.values(), leaves.ranges, plan, views,
                                 scratch.span()});
                for (std::size_t i = 0; i < sums.size(); ++i) {
                    EXPECT_EQ(bits_of(sums[i].dense()), expected[i]) << "node " << i;
                    EXPECT_TRUE(sums[i].has_zero_padding());
                }
            };
            with_each_kernel(multiply_and_compare);
            multiply_and_compare();  // by density
        }
    }
}

TEST(Tiny, IsWhatIsBelowTwoToTheMinusForty) {
    constexpr float kLeast = 0x1p-40f;
    const float below = std::nextafter(kLeast, 0.0f);
    std::vector<float> values = {kLeast, -kLeast, below, -below, 1e-45f, -0.0f, 0.0f, 1, -INFINITY, std::nanf("")};
    remove_tiny(values);
    EXPECT_TRUE(std::isnan(values.back()));
    values.pop_back();
    EXPECT_EQ(bits_of(values), bits_of(std::vector<float>{kLeast, -kLeast, 0, 0, 0, 0, 0, 1, -INFINITY}));
}

/// Operands of 2^-40 and little more, and pairs of terms that cancel all but their rounding: as small as sums can be.
TEST(Tiny, OperandsGiveNeitherDenormalsNorMinusZero) {
    constexpr std::size_t kRows = 32, kInner = 6, kColumns = 33;
    std::mt19937 bits(3);
    const auto tiny = [&] {
        const float size =
            std::ldexp(1.0f + static_cast<float>(bits() >> 9) * 0x1p-23f, -40 + static_cast<int>(bits() % 2));
        return bits() % 2 == 0 ? size : -size;
    };
    std::vector<float> a(kRows * kInner);
    std::vector<float> b(kInner * kColumns);
    for (float& value : a) value = bits() % 3 == 0 ? 0 : tiny();
    for (float& value : b) value = tiny();
    a[0] = b[0] = std::nextafter(0x1p-40f, 1.0f);  // whose square rounds by 2^-126
    for (std::size_t i = 0; i < kRows; i += 2) {
        for (std::size_t l = 0; l < kInner; ++l)
            a[i * kInner + l] = l == 1 ? -a[i * kInner] : l == 0 ? a[i * kInner] : 0;
    }
    std::copy_n(b.begin(), kColumns, b.begin() + kColumns);
    const std::vector<float> expected = naive_product(a, b, kRows, kInner, kColumns);
    for (const float value : expected) {
        EXPECT_NE(std::fpclassify(value), FP_SUBNORMAL);
        EXPECT_FALSE(value == 0 && std::signbit(value));
    }
    EXPECT_EQ(expected[0], -std::numeric_limits<float>::min()) << "the test does not come near the denormals";
    PaddedMatrix left(kRows, kInner, a);
    PaddedMatrix right(kInner, kColumns, b);
    with_each_kernel([&] {
        PaddedMatrix c(kRows, kColumns);
        multiply(left.operand(), right.values(), c.values());
        EXPECT_EQ(bits_of(c.dense()), bits_of(expected));
        PaddedMatrix flushed(kRows, kColumns);
        {
            const testing_support::DenormalsAreZero mode;
            multiply(left.operand(), right.values(), flushed.values());
        }
        EXPECT_EQ(bits_of(flushed.dense()), bits_of(expected));
    });
}

}  // namespace
}  // namespace dropsweep::linalg
