// Matrix products by the C interface of the BLAS.
#include "dropsweep/linalg/blas.hpp"

#include <algorithm>

#include <cblas.h>

namespace dropsweep::linalg {
namespace {

int as_int(std::size_t n) {
    return static_cast<int>(n);
}

void sgemm(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, std::size_t k, ConstMatrix a, ConstMatrix b,
           Matrix c) {
    cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, as_int(c.rows), as_int(c.columns), as_int(k), 1.0f, a.data,
                as_int(a.stride), b.data, as_int(b.stride), 0.0f, c.data, as_int(c.stride));
}

}  // namespace

void multiply(ConstMatrix a, ConstMatrix b, Matrix c) {
    assert(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns);
    if (c.rows > 0) sgemm(CblasNoTrans, CblasNoTrans, a.columns, a, b, c);
}

void multiply_transposed_left(ConstMatrix a, ConstMatrix b, Matrix c) {
    assert(a.rows == b.rows && c.rows == a.columns && c.columns == b.columns);
    if (a.rows > 0) {
        sgemm(CblasTrans, CblasNoTrans, a.rows, a, b, c);
    } else {
        for (std::size_t i = 0; i < c.rows; ++i) std::ranges::fill(c.row(i), 0.0f);
    }
}

void multiply_transposed_right(ConstMatrix a, ConstMatrix b, Matrix c) {
    assert(a.columns == b.columns && c.rows == a.rows && c.columns == b.rows);
    if (c.rows > 0) sgemm(CblasNoTrans, CblasTrans, a.columns, a, b, c);
}

}  // namespace dropsweep::linalg
