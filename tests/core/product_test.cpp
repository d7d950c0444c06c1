#include "dropsweep/core/product.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/core/blas.hpp"

namespace dropsweep::core {
namespace {

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

/// Random numbers that bfloat16 holds exactly, so that all precisions multiply the same; of many sizes, so that sums of
/// their products round.
struct Operands {
    std::vector<float> floats;
    std::vector<BFloat16> halves;
    Operands(std::size_t size, std::uint32_t seed) : floats(size), halves(size) {
        std::mt19937 bits(seed);
        for (std::size_t i = 0; i < size; ++i) {
            narrow(std::ldexp(static_cast<float>(bits()) * 0x1p-31f - 1.0f, static_cast<int>(bits() % 16)), halves[i]);
            floats[i] = widen(halves[i]);
        }
    }
};

struct Shape {
    std::size_t m, n, k;
};

/// Calls check(result, row, column, terms) with the sum in double of each element's terms.
class ProductTest : public testing::TestWithParam<Shape> {
  protected:
    static void SetUpTestSuite() { start_blas(); }
    void SetUp() override {
        if (!has_onednn()) GTEST_SKIP() << "built without oneDNN";
    }

    Shape shape_ = GetParam();
    Operands a_{shape_.m * shape_.k, 1};
    Operands b_{shape_.k * shape_.n, 2};
    std::vector<float> c_ = std::vector<float>(shape_.m * shape_.n, std::nanf(""));
    Matrix result_{c_.data(), shape_.m, shape_.n};
    const std::vector<Range> all_{{0, shape_.m}};

    /// Products of bfloat16 are exact in float; a sum of k of them is wrong by less than k u of the sum of their sizes.
    template <class A, class B>
    void check(A a, B b) {
        for (std::size_t i = 0; i < shape_.m; ++i) {
            for (std::size_t j = 0; j < shape_.n; ++j) {
                double sum = 0;
                double size = 0;
                for (std::size_t l = 0; l < shape_.k; ++l) {
                    const double term = static_cast<double>(a(i, l)) * static_cast<double>(b(l, j));
                    sum += term;
                    size += std::abs(term);
                }
                ASSERT_NEAR(result_.row(i)[j], sum, static_cast<double>(shape_.k) * 0x1p-24 * size) << i << ", " << j;
            }
        }
    }
};

TEST_P(ProductTest, AsItIs) {
    const auto [m, n, k] = shape_;
    const auto checked = [&] {
        check([&](auto i, auto l) { return a_.floats[i * k + l]; },
              [&](auto l, auto j) { return b_.floats[l * n + j]; });
    };
    multiply(Gemm::own, ConstMatrix(a_.floats.data(), m, k), ConstMatrix(b_.floats.data(), k, n), result_, all_);
    checked();
    std::ranges::fill(c_, std::nanf(""));
    multiply(Gemm::own, ConstBf16Matrix(a_.halves.data(), m, k), ConstBf16Matrix(b_.halves.data(), k, n), result_,
             all_);
    checked();
}

TEST_P(ProductTest, LeftTransposed) {
    const auto [m, n, k] = shape_;
    const auto checked = [&] {
        check([&](auto i, auto l) { return a_.floats[l * m + i]; },
              [&](auto l, auto j) { return b_.floats[l * n + j]; });
    };
    multiply_transposed_left(Gemm::own, ConstMatrix(a_.floats.data(), k, m), ConstMatrix(b_.floats.data(), k, n),
                             result_);
    checked();
    std::ranges::fill(c_, std::nanf(""));
    multiply_transposed_left(Gemm::own, ConstBf16Matrix(a_.halves.data(), k, m),
                             ConstBf16Matrix(b_.halves.data(), k, n), result_);
    checked();
}

TEST_P(ProductTest, RightTransposed) {
    const auto [m, n, k] = shape_;
    const auto checked = [&] {
        check([&](auto i, auto l) { return a_.floats[i * k + l]; },
              [&](auto l, auto j) { return b_.floats[j * k + l]; });
    };
    multiply_transposed_right(Gemm::own, ConstMatrix(a_.floats.data(), m, k), ConstMatrix(b_.floats.data(), n, k),
                              result_, all_);
    checked();
    std::ranges::fill(c_, std::nanf(""));
    multiply_transposed_right(Gemm::own, ConstBf16Matrix(a_.halves.data(), m, k),
                              ConstBf16Matrix(b_.halves.data(), n, k), result_, all_);
    checked();
}

/// Some columns of a wider matrix, as the gradient of a kernel takes them.
TEST_P(ProductTest, PanelOfTheLeft) {
    const auto [m, n, k] = shape_;
    const Range panel{m / 3, m / 3 + (m + 1) / 2};
    Matrix part(c_.data(), panel.size(), n);
    multiply_transposed_left(Gemm::own, ConstBf16Matrix(a_.halves.data(), k, m).columns_in(panel),
                             ConstBf16Matrix(b_.halves.data(), k, n), part);
    shape_.m = panel.size();
    check([&](auto i, auto l) { return a_.floats[l * m + panel.begin + i]; },
          [&](auto l, auto j) { return b_.floats[l * n + j]; });
}

INSTANTIATE_TEST_SUITE_P(Shapes, ProductTest,
                         testing::Values(Shape{1, 1, 1}, Shape{3, 10, 7}, Shape{128, 10, 512}, Shape{128, 512, 10},
                                         Shape{112, 512, 32}, Shape{33, 65, 129}, Shape{784, 64, 43}));

/// Products by rows of which each run must have the bits of a product of its own, whatever other runs there are. A rank
/// may have one run of a batch or all of them.
class RowRunsTest : public testing::TestWithParam<Gemm> {
  protected:
    static void SetUpTestSuite() { start_blas(); }
    void SetUp() override {
        if (GetParam() == Gemm::own && !has_onednn()) GTEST_SKIP() << "built without oneDNN";
    }

    static constexpr std::size_t kMostRows = 128;
    struct Right {
        std::size_t k, n;
        Operands values;
        Right(std::size_t rows, std::size_t columns, std::uint32_t seed)
            : k(rows), n(columns), values(rows * columns, seed) {}
    };

    /// @param product  product(c, runs) for c [rows, columns]
    template <class Multiply>
    static void expect_bits_of_single_products(std::span<const Range> runs, std::size_t columns, Multiply&& product) {
        const std::size_t rows = runs.back().end;
        std::vector<float> together(rows * columns, std::nanf(""));
        std::vector<float> alone = together;
        product(Matrix(together.data(), rows, columns), runs);
        for (const Range& run : runs) product(Matrix(alone.data(), rows, columns), std::span(&run, 1));
        EXPECT_EQ(std::memcmp(together.data(), alone.data(), together.size() * sizeof(float)), 0)
            << columns << " columns, " << rows << " rows in " << runs.size() << " runs";
        EXPECT_FALSE(std::ranges::any_of(together, [](float value) { return std::isnan(value); }));
    }

    void expect_bits_of_single_products(std::span<const Range> runs, const Right& b) const {
        const Operands a(kMostRows * b.k, 3);
        const std::size_t rows = runs.back().end;
        const auto both = [&](const auto& a_values, const auto& b_values) {
            expect_bits_of_single_products(runs, b.n, [&](Matrix c, std::span<const Range> some) {
                multiply(GetParam(), MatrixView(a_values.data(), rows, b.k), MatrixView(b_values.data(), b.k, b.n), c,
                         some);
            });
            expect_bits_of_single_products(runs, b.n, [&](Matrix c, std::span<const Range> some) {
                multiply_transposed_right(GetParam(), MatrixView(a_values.data(), rows, b.k),
                                          MatrixView(b_values.data(), b.n, b.k), c, some);
            });
        };
        both(a.floats, b.values.floats);
        if (GetParam() == Gemm::own) both(a.halves, b.values.halves);
    }
};

TEST_P(RowRunsTest, HaveTheBitsOfProductsOfTheirOwn) {
    // In turns, as a step multiplies by its layers: none may meet what is left of another.
    const std::vector<Right> layers{{784, 192, 4}, {784, 192, 5}, {512, 512, 6},
                                    {300, 500, 7}, {512, 10, 8},  {10, 64, 9}};
    for (const auto& [rows, parts] : {std::pair{128, 1}, {128, 2}, {128, 3}, {128, 4}, {97, 4}, {128, 16}, {3, 5}}) {
        const auto count = static_cast<std::size_t>(parts);
        std::vector<Range> runs;
        for (std::size_t i = 0; i < count; ++i) runs.push_back(part_of(static_cast<std::size_t>(rows), count, i));
        for (const Right& layer : layers) expect_bits_of_single_products(runs, layer);
    }
}

INSTANTIATE_TEST_SUITE_P(Gemms, RowRunsTest, testing::Values(Gemm::openblas, Gemm::own),
                         [](const auto& gemm) { return to_string(gemm.param); });

TEST(Product, NothingToAddUpGivesZero) {
    std::vector<float> c(6, 1.0f);
    for (const Gemm gemm : {Gemm::openblas, Gemm::own}) {
        std::ranges::fill(c, 1.0f);
        multiply_transposed_left(gemm, ConstMatrix(nullptr, 0, 2), ConstMatrix(nullptr, 0, 3), Matrix(c.data(), 2, 3));
        EXPECT_EQ(c, std::vector<float>(6, 0.0f));
    }
    multiply_transposed_left(Gemm::own, ConstBf16Matrix(nullptr, 0, 2), ConstBf16Matrix(nullptr, 0, 3),
                             Matrix(c.data(), 2, 3));
    EXPECT_EQ(c, std::vector<float>(6, 0.0f));
}

}  // namespace
}  // namespace dropsweep::core
