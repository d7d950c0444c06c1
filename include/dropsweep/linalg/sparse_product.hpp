// Matrix products that skip the zeros of their left operand.
#pragma once

#include <cstddef>
#include <span>

#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::linalg {

// Each element of a result is one chain of fused multiply-adds over ascending k, s = fma(a, b, s) from s = +0, in which
// the terms with a = 0 are left out: they change no bit, as long as B is finite. So neither the instruction set nor the
// choice between the kernels for sparse and for dense operands changes a bit (proof: docs/arithmetic.md).
//
// The rows of all matrices but A's values begin on cache lines and are padded with zeros to whole lines
// (padded_stride); the padding of C is written, with zeros. Local: no communication.

/// Elements from one row to the next in matrices for the kernels: an odd number of whole cache lines, so that the
/// elements of a column do not share a few sets of the cache.
constexpr std::size_t padded_stride(std::size_t columns) {
    constexpr std::size_t kLine = 16;
    return ((columns + kLine - 1) / kLine | 1) * kLine;
}

/// When kernels skip zeros: by the share of non-zeros, always (skip) or never (multiply). No bit depends on it.
enum class Zeros { by_density, skip, multiply };
void set_zeros(Zeros zeros);

/// choose_simd(), and for checks the Zeros that the environment variable DROPSWEEP_ZEROS names: skip or multiply.
/// @throws Error  usage: as choose_simd; DROPSWEEP_ZEROS has another value
void choose_kernels();

/// Sets values below 2^-40 in magnitude to zero, as operands of products must be.
void remove_tiny(std::span<float> values);

/// C = A B;  A [m, k], B [k, n], C [m, n].
void multiply(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c);

/// C = A B^T;  A [m, k], B [n, k], C [m, n].
/// @param scratch  grows as needed
void multiply_transposed(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, FloatBuffer& scratch);

/// A_leaf^T B_leaf for each leaf, and the sums of these products.
struct LeafProducts {
    ConstMatrix a;        ///< the values of A, [m, k]
    ConstBitmap columns;  ///< of A, as transpose_leaves made it
    std::size_t leaf_bits;
    ConstMatrix b;  ///< [m, n]
    std::span<const Range> leaves;
    const LocalReductionPlan& plan;  ///< of the leaves
    std::span<const Matrix> sums;    ///< out: [plan.nodes.size()] matrices [k, n]
    std::span<float> scratch;        ///< leaf_sum_scratch(plan) floats
};
void multiply_leaves(const LeafProducts& products);
std::size_t leaf_sum_scratch(const LocalReductionPlan& plan);

}  // namespace dropsweep::linalg
