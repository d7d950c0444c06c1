// The products of a BLAS beside triple loops.
#include "dropsweep/linalg/blas.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::linalg {
namespace {

constexpr float kUntouched = 1234.5f;

/// A matrix with room to the right of each row.
struct Padded {
    std::vector<float> memory;
    Matrix view;

    Padded(std::size_t rows, std::size_t columns, std::size_t padding)
        : memory(rows * (columns + padding) + 1, kUntouched), view(memory.data(), rows, columns) {
        view.stride = columns + padding;
    }
    void fill(std::mt19937& generator) {
        for (std::size_t i = 0; i < view.rows; ++i) {
            for (float& value : view.row(i)) value = static_cast<float>(generator()) * 0x1p-31f - 1.0f;
        }
    }
    bool padding_untouched() const {
        for (std::size_t i = 0; i < memory.size(); ++i) {
            const bool outside = i >= view.rows * view.stride || i % view.stride >= view.columns;
            if (outside && memory[i] != kUntouched) return false;
        }
        return true;
    }
};

struct Shape {
    std::size_t m, n, k;
};

/// C_ij = sum over l of A_il B_lj in double; `a(i, l)` and `b(l, j)` give the elements.
/// Each of the k products and of the k - 1 sums rounds by at most eps / 2 of the sum of absolute values, in any order:
/// k eps sum |a||b| bounds the difference to a float product to first order, with a factor of 2 for the rest.
template <class A, class B>
void expect_product(const Shape& shape, A a, B b, const Padded& c) {
    constexpr double kEpsilon = std::numeric_limits<float>::epsilon();
    for (std::size_t i = 0; i < shape.m; ++i) {
        for (std::size_t j = 0; j < shape.n; ++j) {
            double sum = 0;
            double magnitude = 0;
            for (std::size_t l = 0; l < shape.k; ++l) {
                const double product = static_cast<double>(a(i, l)) * b(l, j);
                sum += product;
                magnitude += std::abs(product);
            }
            const double tolerance = static_cast<double>(shape.k) * kEpsilon * magnitude;
            ASSERT_NEAR(c.view.row(i)[j], sum, tolerance) << "element " << i << ", " << j;
        }
    }
    EXPECT_TRUE(c.padding_untouched());
}

/// Fixed corners, and shapes drawn from a fixed seed.
std::vector<Shape> shapes() {
    std::vector<Shape> list = {{1, 1, 1}, {0, 5, 3}, {128, 10, 512}, {16, 512, 784}, {3, 1, 1000}};
    std::mt19937 generator(1);
    for (int i = 0; i < 20; ++i) {
        list.push_back({1 + generator() % 70, 1 + generator() % 70, 1 + generator() % 70});
    }
    return list;
}

/// Runs `check(shape, padding, generator)` for every shape, with and without padding.
template <class Check>
void for_each_shape(Check check) {
    std::mt19937 generator(2);
    for (const Shape& shape : shapes()) {
        for (const std::size_t padding : {0u, 3u}) {
            SCOPED_TRACE(testing::Message()
                         << "m " << shape.m << ", n " << shape.n << ", k " << shape.k << ", padding " << padding);
            check(shape, padding, generator);
        }
    }
}

TEST(Blas, ProductsAreTheTripleLoop) {
    for_each_shape([](const Shape& shape, std::size_t padding, std::mt19937& generator) {
        const auto& [m, n, k] = shape;
        Padded a(m, k, padding), at(k, m, padding), b(k, n, padding), bt(n, k, padding), c(m, n, padding);
        for (Padded* operand : {&a, &at, &b, &bt}) operand->fill(generator);
        const auto of = [](const Padded& matrix) { return [&](auto i, auto j) { return matrix.view.row(i)[j]; }; };
        const auto turned = [](const Padded& matrix) { return [&](auto i, auto j) { return matrix.view.row(j)[i]; }; };
        multiply(a.view, b.view, c.view);
        expect_product(shape, of(a), of(b), c);
        multiply_transposed_right(a.view, bt.view, c.view);
        expect_product(shape, of(a), turned(bt), c);
        if (m == 0) return;
        multiply_transposed_left(at.view, b.view, c.view);
        expect_product(shape, turned(at), of(b), c);
    });
}

// The gradient of a shard without rows: the sum over nothing.
TEST(Blas, MultiplyTransposedLeftOfNoRowsIsZero) {
    Padded c(4, 5, 2);
    multiply_transposed_left(ConstMatrix(nullptr, 0, 4), ConstMatrix(nullptr, 0, 5), c.view);
    for (std::size_t i = 0; i < 4; ++i) {
        for (const float value : c.view.row(i)) EXPECT_EQ(value, 0.0f);
    }
    EXPECT_TRUE(c.padding_untouched());
}

// What was in C must not leak into the result, not even through 0 * NaN.
TEST(Blas, OldContentOfTheResultDoesNotMatter) {
    std::vector<float> a = {1, 2, 3, 4}, b = {5, 6, 7, 8};
    const auto as_matrix = [](std::vector<float>& memory) { return Matrix(memory.data(), 2, 2); };
    const auto product = [&](auto&& multiply_into) {
        std::vector<float> c(4, std::numeric_limits<float>::quiet_NaN());
        multiply_into(as_matrix(a), as_matrix(b), as_matrix(c));
        return c;
    };
    EXPECT_EQ(product(multiply), (std::vector<float>{19, 22, 43, 50}));
    EXPECT_EQ(product(multiply_transposed_left), (std::vector<float>{26, 30, 38, 44}));
    EXPECT_EQ(product(multiply_transposed_right), (std::vector<float>{17, 23, 39, 53}));
}

TEST(Blas, HasOneThreadUnlessTheUserAsksForMore) {
    for (const char* name : {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"}) ::unsetenv(name);
    start_blas();
    EXPECT_EQ(blas_threads(), 1);
}

TEST(Blas, DescriptionHasLibraryVersionAndKernel) {
    const std::string text = blas_description();
    EXPECT_EQ(text.find("OpenBLAS "), 0u) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), ' '), 2) << text;
    EXPECT_TRUE(std::isdigit(static_cast<unsigned char>(text.at(9)))) << text;
}

}  // namespace
}  // namespace dropsweep::linalg
