#pragma once

#include <span>
#include <string>

#include "dropsweep/core/bfloat16.hpp"
#include "dropsweep/core/matrix.hpp"

namespace dropsweep::core {

/// What the operands of a trial's matrix products are; sums, weights and all else are float32.
enum class Precision { fp32, bf16 };

/// What multiplies: kernels of our own (bf16: oneDNN), or OpenBLAS.
enum class Gemm { own, openblas };

/// How a trial's matrix products are made. OpenBLAS multiplies no bf16.
struct Arithmetic {
    Precision precision = Precision::fp32;
    Gemm gemm = Gemm::own;
    bool operator==(const Arithmetic&) const = default;
};

std::string to_string(Precision precision);
std::string to_string(Gemm gemm);

// Equal shapes and strides give equal bits; a row's result may depend on how many rows are multiplied at once. Where
// there are `row_runs`, separate ranges of the rows of A and C, each of them is a product of its own: its bits are the
// same whatever other runs there are. A thread must have called start_blas() or be started after it.

/// C = A B;  A [m, k], B [k, n], C [m, n], k > 0. Nothing happens to empty runs.
void multiply(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> row_runs);
/// C = A^T B;  A [k, m], B [k, n], C [m, n]. C becomes zero when k is 0.
void multiply_transposed_left(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c);
/// C = A B^T;  A [m, k], B [n, k], C [m, n], k > 0. Nothing happens to empty runs.
void multiply_transposed_right(Gemm gemm, ConstMatrix a, ConstMatrix b, Matrix c, std::span<const Range> row_runs);

// The same for bfloat16 operands, summed up in float32; `gemm` must be own. On a CPU on which oneDNN has no such
// product the operands are widened first.
void multiply(Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c, std::span<const Range> row_runs);
void multiply_transposed_left(Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c);
void multiply_transposed_right(Gemm gemm, ConstBf16Matrix a, ConstBf16Matrix b, Matrix c,
                               std::span<const Range> row_runs);

/// Whether this program was built with oneDNN.
bool has_onednn();

/// A sentence for the user whose CPU multiplies bfloat16 more slowly than float32; empty on others, and without oneDNN.
std::string bf16_drawback();

/// Version and instruction set in use, e.g. "oneDNN 2.6.3 avx512_core_bf16"; empty without oneDNN.
std::string onednn_description();

}  // namespace dropsweep::core
