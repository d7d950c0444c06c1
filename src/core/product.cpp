#include "dropsweep/core/product.hpp"

#include <algorithm>
#include <array>

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
void onednn(MatrixView<const T> a, MatrixView<const T> b, Matrix c, std::span<const Range> row_runs) {
    assert(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns);
    onednn_multiply(as_it_is(a), as_it_is(b), a.columns, c, row_runs);
}

template <class T>
void onednn_transposed_right(MatrixView<const T> a, MatrixView<const T> b, Matrix c, std::span<const Range> row_runs) {
    assert(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows);
    onednn_multiply(as_it_is(a), transposed(b), a.columns, c, row_runs);
}

/// Columns of C from which on oneDNN fills the vectors of its kernels.
constexpr std::size_t kWide = 16;

template <class T>
void onednn_transposed_left(MatrixView<const T> a, MatrixView<const T> b, Matrix c) {
    assert(a.rows == b.rows && c.rows == a.columns && c.columns == b.columns);
    if (a.rows == 0) {
        for (std::size_t i = 0; i < c.rows; ++i) std::ranges::fill(c.row(i), 0.0f);
    } else if (c.columns < kWide && c.rows > c.columns) {
        // C^T = B^T A fills them with the rows of C.
        thread_local FloatBuffer buffer;
        if (buffer.size() < c.rows * c.columns) buffer = FloatBuffer(c.rows * c.columns);
        const Matrix turned(buffer.data(), c.columns, c.rows);
        onednn_multiply(transposed(b), as_it_is(a), a.rows, turned, std::array{Range{0, turned.rows}});
        for (std::size_t i = 0; i < c.rows; ++i) {
            for (std::size_t j = 0; j < c.columns; ++j) c.row(i)[j] = turned.row(j)[i];
        }
    } else {
        onednn_multiply(transposed(a), as_it_is(b), a.rows, c, std::array{Range{0, c.rows}});
    }
}

}  // namespace

std::string to_string(Precision precision) {
    return precision == Precision::fp32 ? "fp32" : "bf16";
}

std::string to_string(Gemm gemm) {
    return gemm == Gemm::openblas ? "openblas" : "auto";
}

void multiply(Gemm /*gemm*/, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> row_runs) {
    for (const Range& rows : row_runs) multiply(a.rows_in(rows), b, c.rows_in(rows));
}

void multiply_transposed_left(Gemm /*gemm*/, ConstMatrix a, ConstMatrix b, Matrix c) {
    multiply_transposed_left(a, b, c);
}

void multiply_transposed_right(Gemm /*gemm*/, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> row_runs) {
    for (const Range& rows : row_runs) multiply_transposed_right(a.rows_in(rows), b, c.rows_in(rows));
}

void multiply([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c,
              std::span<const Range> row_runs) {
    assert(gemm == Gemm::own);
    onednn(a, b, c, row_runs);
}

void multiply_transposed_left([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c) {
    assert(gemm == Gemm::own);
    onednn_transposed_left(a, b, c);
}

void multiply_transposed_right([[maybe_unused]] Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c,
                               std::span<const Range> row_runs) {
    assert(gemm == Gemm::own);
    onednn_transposed_right(a, b, c, row_runs);
}

}  // namespace dropsweep::core
