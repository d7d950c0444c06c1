#include "dropsweep/core/product.hpp"

#include <algorithm>

#include "dropsweep/core/blas.hpp"

#include "onednn.hpp"

namespace dropsweep::core {
namespace {

template <class T>
StridedOperand<T> as_it_is(MatrixView<const T> matrix) {
    return {matrix.data, matrix.stride, 1};
}

template <class T>
StridedOperand<T> transposed(MatrixView<const T> matrix) {
    return {matrix.data, 1, matrix.stride};
}

template <class T>
void onednn(MatrixView<const T> a, MatrixView<const T> b, Matrix c) {
    assert(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns);
    if (c.rows > 0) onednn_multiply(as_it_is(a), as_it_is(b), a.columns, c);
}

template <class T>
void onednn_transposed_left(MatrixView<const T> a, MatrixView<const T> b, Matrix c) {
    assert(a.rows == b.rows && c.rows == a.columns && c.columns == b.columns);
    if (a.rows > 0) {
        onednn_multiply(transposed(a), as_it_is(b), a.rows, c);
    } else {
        for (std::size_t i = 0; i < c.rows; ++i) std::ranges::fill(c.row(i), 0.0f);
    }
}

template <class T>
void onednn_transposed_right(MatrixView<const T> a, MatrixView<const T> b, Matrix c) {
    assert(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows);
    if (c.rows > 0) onednn_multiply(as_it_is(a), transposed(b), a.columns, c);
}

}  // namespace

std::string to_string(Precision precision) {
    return precision == Precision::fp32 ? "fp32" : "bf16";
}

std::string to_string(Gemm gemm) {
    return gemm == Gemm::openblas ? "openblas" : "onednn";
}

void multiply(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c) {
    gemm == Gemm::openblas ? multiply(a, b, c) : onednn(a, b, c);
}

void multiply_transposed_left(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c) {
    gemm == Gemm::openblas ? multiply_transposed_left(a, b, c) : onednn_transposed_left(a, b, c);
}

void multiply_transposed_right(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c) {
    gemm == Gemm::openblas ? multiply_transposed_right(a, b, c) : onednn_transposed_right(a, b, c);
}

void multiply([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c) {
    assert(gemm == Gemm::onednn);
    onednn(a, b, c);
}

void multiply_transposed_left([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c) {
    assert(gemm == Gemm::onednn);
    onednn_transposed_left(a, b, c);
}

void multiply_transposed_right([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c) {
    assert(gemm == Gemm::onednn);
    onednn_transposed_right(a, b, c);
}

}  // namespace dropsweep::core
