// Products of bfloat16 matrices by oneDNN.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::linalg {

/// One operand of a product: element (i, j) lies at data[i * row_stride + j * column_stride].
template <class T>
struct StridedOperand {
    const T* data;
    std::size_t row_stride;
    std::size_t column_stride;
};

/// C = A B, a product for each range of rows of A and C in `row_runs`, whose bits do not depend on the other ranges;
/// A [m, k], B [k, n], C [m, n] row-major; n, k > 0. Local: no communication.
/// @throws Error  failure: oneDNN reports an error; usage: this build has no oneDNN
void onednn_multiply(StridedOperand<BFloat16> a, StridedOperand<BFloat16> b, std::size_t k, Matrix c,
                     std::span<const Range> row_runs);

/// Version and instruction set in use, e.g. "oneDNN 2.6.3 avx512_core_bf16"; empty without oneDNN.
std::string onednn_description();

}  // namespace dropsweep::linalg
