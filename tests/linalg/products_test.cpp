// The three products of a layer, by each kind of products, beside loops in double.
#include "dropsweep/linalg/products.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/system/features.hpp"

#include "../support/padded_matrix.hpp"

namespace dropsweep::linalg {
namespace {

using testing_support::PaddedMatrix;

TEST(BFloat16, NarrowingIsToTheNearestAndTiesToEven) {
    const auto narrowed = [](float value) {
        BFloat16 result;
        narrow(value, result);
        return widen(result);
    };
    // Between 1 and 2 the numbers are 2^-7 apart.
    EXPECT_EQ(narrowed(1.0f), 1.0f);
    EXPECT_EQ(narrowed(1.0f + 0x1p-8f), 1.0f) << "a tie, 1 is even";
    EXPECT_EQ(narrowed(1.0f + 0x1p-7f + 0x1p-8f), 1.0f + 0x1p-6f) << "a tie, the lower one is odd";
    EXPECT_EQ(narrowed(1.0f + 0x1p-8f + 0x1p-20f), 1.0f + 0x1p-7f);
    EXPECT_EQ(narrowed(-1.0f - 0x1p-8f - 0x1p-20f), -1.0f - 0x1p-7f);
    EXPECT_EQ(narrowed(std::numeric_limits<float>::max()), std::numeric_limits<float>::infinity());
    EXPECT_EQ(narrowed(-std::numeric_limits<float>::infinity()), -std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isnan(narrowed(std::nanf(""))));
    // All bits of the payload set: rounding must not carry it into the exponent.
    EXPECT_TRUE(std::isnan(narrowed(std::bit_cast<float>(0x7fffffffu))));
    EXPECT_TRUE(std::isnan(narrowed(std::bit_cast<float>(0x7f800001u)))) << "nor cut it off";
}

/// Random numbers that bfloat16 holds exactly, so that all kinds multiply the same; of many sizes, so that sums of
/// their products round; a third of them zeros.
std::vector<float> random_values(std::mt19937& bits, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) {
        if (bits() % 3 == 0) continue;
        BFloat16 narrowed;
        narrow(std::ldexp(static_cast<float>(bits()) * 0x1p-31f - 1.0f, static_cast<int>(bits() % 16)), narrowed);
        value = widen(narrowed);
    }
    return values;
}

std::vector<Range> parts(std::size_t rows, std::size_t count) {
    std::vector<Range> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(part_of(rows, count, i));
    return leaves;
}

/// The three products of one layer.
struct Results {
    std::vector<float> forward;
    std::vector<float> input_gradient;
    std::vector<std::vector<float>> kernel_gradients;  ///< of each node
    bool operator==(const Results&) const = default;
};

/// A layer of random numbers.
struct Layer {
    std::size_t rows, in, out;
    std::vector<float> x, w, dy;
    Layer(std::size_t row_count, std::size_t fan_in, std::size_t fan_out, std::uint32_t seed)
        : rows(row_count), in(fan_in), out(fan_out) {
        std::mt19937 bits(seed);
        x = random_values(bits, rows * in);
        w = random_values(bits, in * out);
        dy = random_values(bits, rows * out);
    }

    /// Some leaves of it: those of `all_leaves` that `run` holds.
    /// @param leaves  their rows; they begin with the first one's
    template <class Products>
    Results run(Products& products, std::span<const Range> leaves, std::size_t all_leaves, Range run) const {
        using T = typename Products::Element;
        const std::size_t first = leaves.front().begin;
        const std::size_t count = leaves.back().end - first;
        PaddedMatrix<T> inputs(count, in, std::span(x).subspan(first * in, count * in));
        PaddedMatrix<T> weights(in, out, w);
        PaddedMatrix<T> gradient(count, out, std::span(dy).subspan(first * out, count * out));
        std::vector<Range> own;
        for (const Range& leaf : leaves) own.push_back({leaf.begin - first, leaf.end - first});
        PaddedMatrix<> y(count, out);
        PaddedMatrix<> dx(count, in);
        products.forward(inputs.operand(), weights.values(), y.values(), own);
        products.input_gradient(gradient.operand(), weights.values(), dx.values(), own);
        EXPECT_TRUE(y.has_zero_padding());
        EXPECT_TRUE(dx.has_zero_padding());
        const LocalReductionPlan plan(all_leaves, run);
        std::vector<PaddedMatrix<>> nodes;
        std::vector<Matrix> sums;
        for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
            nodes.emplace_back(in, out, std::vector<float>(in * out, 99.0f));
            sums.push_back(nodes.back().values());
        }
        int calls = 0;
        products.kernel_gradient(inputs.operand(), gradient.values(), own, plan, sums, [&] { ++calls; });
        EXPECT_GE(calls, 1);
        Results results{y.dense(), dx.dense(), {}};
        for (PaddedMatrix<>& node : nodes) {
            results.kernel_gradients.push_back(node.dense());
            EXPECT_TRUE(node.has_zero_padding());
        }
        return results;
    }
};

template <class Products>
class ProductsTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { start_blas(); }
    void SetUp() override {
        if (std::is_same_v<typename Products::Element, BFloat16> && !system::has_feature("onednn")) {
            GTEST_SKIP() << "built without oneDNN";
        }
    }
    Products products_;
};

using Kinds = testing::Types<SparseProducts, DenseProducts<float>, DenseProducts<BFloat16>>;
struct KindNames {
    template <class T>
    static std::string GetName(int) {
        if (std::is_same_v<T, SparseProducts>) return "Sparse";
        return std::is_same_v<T, DenseProducts<float>> ? "OpenBlas" : "OneDnn";
    }
};
TYPED_TEST_SUITE(ProductsTest, Kinds, KindNames);

/// Products of bfloat16 are exact in float; a sum of k of them is wrong by less than k u of the sum of their sizes.
template <class A, class B>
void expect_product(const std::vector<float>& c, std::size_t m, std::size_t n, std::size_t k, A a, B b) {
    for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0;
            double size = 0;
            for (std::size_t l = 0; l < k; ++l) {
                const double term = static_cast<double>(a(i, l)) * static_cast<double>(b(l, j));
                sum += term;
                size += std::abs(term);
            }
            ASSERT_NEAR(c[i * n + j], sum, static_cast<double>(k) * 0x1p-24 * size) << i << ", " << j;
        }
    }
}

TYPED_TEST(ProductsTest, AreTheProducts) {
    const std::vector<Layer> layers{{1, 1, 1, 1},     {3, 7, 10, 2},    {43, 300, 140, 3}, {128, 512, 10, 4},
                                    {33, 129, 65, 5}, {32, 10, 200, 6}, {70, 17, 16, 7}};
    // Twice and in turns, as a step multiplies by its layers: none may meet what is left of another.
    for (int repetition = 0; repetition < 2; ++repetition) {
        for (const Layer& layer : layers) {
            const auto& [rows, in, out, x, w, dy] = layer;
            SCOPED_TRACE(testing::Message() << rows << " rows, " << in << " x " << out);
            const Results results = layer.run(this->products_, std::array{Range{0, rows}}, 1, {0, 1});
            const auto of = [](const std::vector<float>& values, std::size_t columns) {
                return [&values, columns](std::size_t i, std::size_t j) { return values[i * columns + j]; };
            };
            const auto transposed = [](auto matrix) {
                return [matrix](std::size_t i, std::size_t j) { return matrix(j, i); };
            };
            expect_product(results.forward, rows, out, in, of(x, in), of(w, out));
            expect_product(results.input_gradient, rows, in, out, of(dy, out), transposed(of(w, out)));
            expect_product(results.kernel_gradients[0], in, out, rows, transposed(of(x, in)), of(dy, out));
        }
    }
}

/// A rank may have one leaf of a batch or all of them.
TYPED_TEST(ProductsTest, LeavesDoNotSeeEachOther) {
    for (const auto& [in, out] : {std::pair{300, 70}, {20, 10}, {10, 64}}) {
        for (const auto& [rows, count] : {std::pair{128, 4}, {97, 4}, {128, 5}, {3, 5}}) {
            SCOPED_TRACE(testing::Message() << rows << " rows in " << count << " leaves, " << in << " x " << out);
            const auto all = static_cast<std::size_t>(count);
            const Layer layer(static_cast<std::size_t>(rows), static_cast<std::size_t>(in),
                              static_cast<std::size_t>(out), 8);
            const std::vector<Range> leaves = parts(layer.rows, all);
            std::vector<Results> alone;
            for (std::size_t l = 0; l < all; ++l) {
                TypeParam fresh;
                alone.push_back(layer.run(fresh, std::span(leaves).subspan(l, 1), all, {l, l + 1}));
            }
            for (const Range run : {Range{0, all}, Range{1, all}, Range{1, 3}}) {
                const LocalReductionPlan plan(all, run);
                Results expected;
                expected.kernel_gradients.resize(plan.slots);
                for (std::size_t l = run.begin; l < run.end; ++l) {
                    const auto append = [](std::vector<float>& to, const std::vector<float>& from) {
                        to.insert(to.end(), from.begin(), from.end());
                    };
                    append(expected.forward, alone[l].forward);
                    append(expected.input_gradient, alone[l].input_gradient);
                    const LocalReductionPlan::Leaf& leaf = plan.leaves[l - run.begin];
                    expected.kernel_gradients[leaf.slot] = alone[l].kernel_gradients.front();
                    for (const auto [into, from] : leaf.additions) {
                        std::vector<float>& sum = expected.kernel_gradients[into];
                        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += expected.kernel_gradients[from][i];
                    }
                }
                expected.kernel_gradients.resize(plan.nodes.size());
                const auto own = std::span(leaves).subspan(run.begin, run.size());
                EXPECT_TRUE(layer.run(this->products_, own, all, run) == expected) << run.begin << " to " << run.end;
            }
        }
    }
}

TYPED_TEST(ProductsTest, NothingToAddUpGivesZero) {
    const Layer layer(0, 20, 3, 9);
    const Results results = layer.run(this->products_, std::array{Range{0, 0}}, 1, {0, 1});
    EXPECT_EQ(results.kernel_gradients.front(), std::vector<float>(60, 0.0f));
}

TEST(GemmConfiguration, ChoosesTheKind) {
    const auto kind = [](const GemmConfiguration& configuration) {
        return with_products(configuration, [](auto products) -> std::string {
            return KindNames::GetName<typename decltype(products)::type>(0);
        });
    };
    EXPECT_EQ(kind({}), "Sparse");
    EXPECT_EQ(kind({Precision::fp32, Gemm::openblas}), "OpenBlas");
    EXPECT_EQ(kind({Precision::bf16, Gemm::own}), "OneDnn");
}

}  // namespace
}  // namespace dropsweep::linalg
