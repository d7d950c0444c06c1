// The forward and the backward pass of an activation on plain vectors, checked for padding and bitmap.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/nn/activation.hpp"

#include "../support/padded_matrix.hpp"

namespace dropsweep::nn {

using testing_support::padded_row;
using testing_support::PaddedMatrix;

constexpr std::uint64_t kSeed = 1;

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
    hidden_forward(products.values(), row.span(), dropout, samples, a.sparse());
    EXPECT_TRUE(a.has_zero_padding());
    EXPECT_TRUE(a.has_right_bitmap());
    if constexpr (std::is_same_v<T, float>) {
        hidden_forward(products.values(), row.span(), dropout, samples, products.sparse());
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
    hidden_backward(above.values(), active.sparse(), dropout, dbias.span(), dz.sparse());
    EXPECT_TRUE(dz.has_zero_padding());
    EXPECT_TRUE(dz.has_right_bitmap());
    for (std::size_t i = units; i < dbias.size(); ++i) EXPECT_EQ(dbias.data()[i], 0);
    return {dz.dense(), {dbias.data(), dbias.data() + units}};
}

/// 1 where a unit is kept, 0 where it is dropped: [samples.size(), units], as the forward pass shows it.
inline std::vector<int> mask(const Dropout& dropout, std::span<const std::uint32_t> samples, std::size_t units) {
    const std::vector<float> a =
        forward(std::vector<float>(samples.size() * units, 1.0f), std::vector<float>(units), dropout, samples);
    std::vector<int> kept(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_TRUE(a[i] == 0.0f || a[i] == dropout.scale()) << a[i];
        kept[i] = a[i] > 0 ? 1 : 0;
    }
    return kept;
}

}  // namespace dropsweep::nn
