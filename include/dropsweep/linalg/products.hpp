// The three matrix products of a dense layer, in three kinds: sparse, OpenBLAS, oneDNN.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <type_traits>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::linalg {

/// The type of the operands of a trial's matrix products; sums, weights and all else are float32.
enum class Precision { fp32, bf16 };

/// What multiplies float32: the kernels of sparse_product.hpp, or OpenBLAS.
enum class Gemm { own, openblas };

/// How a trial's matrix products are made; oneDNN multiplies bf16, whatever `gemm` is.
struct GemmConfiguration {
    Precision precision = Precision::fp32;
    Gemm gemm = Gemm::own;
    bool operator==(const GemmConfiguration&) const = default;
};

inline constexpr std::array kPrecisionNames = {"fp32", "bf16"};  ///< in the order of Precision
inline constexpr std::array kGemmNames = {"auto", "openblas"};   ///< in the order of Gemm

std::string to_string(Precision precision);
std::string to_string(Gemm gemm);

// SparseProducts and DenseProducts have one interface:
//
//     forward           Y = X W              X [rows, in], W [in, out], Y [rows, out]
//     input_gradient    dX = dY W^T          dX [rows, in], dY [rows, out]
//     kernel_gradient   dW = X^T dY          dW [in, out], of each leaf, added up by the tree
//
// Rows are padded as for sparse_product.hpp. `leaves` are contiguous ranges of rows, of which some may be empty; the
// bits of a leaf do not depend on the other ones. Each object keeps its buffers from call to call: one object per
// thread. Local: no communication.

/// Skips the zeros of the left operand; the bits are those of docs/arithmetic.md.
class SparseProducts {
  public:
    using Element = float;

    void forward(const SparseMatrix<const float>& x, ConstMatrix w, Matrix y, std::span<const Range> leaves);
    void input_gradient(const SparseMatrix<const float>& dy, ConstMatrix w, Matrix dx, std::span<const Range> leaves);
    /// @param plan     of the leaves
    /// @param sums     out: [plan.nodes.size()] matrices [in, out]
    /// @param between  called at least once, between pieces of the work
    void kernel_gradient(const SparseMatrix<const float>& x, ConstMatrix dy, std::span<const Range> leaves,
                         const LocalReductionPlan& plan, std::span<const Matrix> sums,
                         const std::function<void()>& between);

  private:
    FloatBuffer transposed_;                ///< W^T, or a block of it
    AlignedBuffer<std::uint64_t> columns_;  ///< the bitmap of X^T
    FloatBuffer scratch_;                   ///< addends of leaves that have no place in `sums`
};

/// Multiplies zeros too, by OpenBLAS (float) or oneDNN (BFloat16). The bits are others than those of SparseProducts;
/// those of a leaf depend on its number of rows, the library's kernel and the CPU. A thread must have called
/// start_products() or be started after it.
template <class T>
class DenseProducts {
  public:
    using Element = T;

    void forward(const SparseMatrix<const T>& x, MatrixView<const T> w, Matrix y, std::span<const Range> leaves);
    void input_gradient(const SparseMatrix<const T>& dy, MatrixView<const T> w, Matrix dx,
                        std::span<const Range> leaves);
    void kernel_gradient(const SparseMatrix<const T>& x, MatrixView<const T> dy, std::span<const Range> leaves,
                         const LocalReductionPlan& plan, std::span<const Matrix> sums,
                         const std::function<void()>& between);

  private:
    FloatBuffer scratch_;  ///< addends of leaves that have no place in `sums`
};

/// choose_kernels() and start_blas(). Once, before the first product. @throws Error  as these
void start_products();

/// Calls work with the std::type_identity of the products that `configuration` names: the one choice of a trial.
template <class Work>
auto with_products(const GemmConfiguration& configuration, Work&& work) {
    if (configuration.precision == Precision::bf16) return work(std::type_identity<DenseProducts<BFloat16>>());
    if (configuration.gemm == Gemm::openblas) return work(std::type_identity<DenseProducts<float>>());
    return work(std::type_identity<SparseProducts>());
}

/// A warning for users whose CPU trains more slowly with bf16 than with fp32; empty on other CPUs and without oneDNN.
std::string bf16_drawback();

/// Library and kernels: "own avx512", "OpenBLAS 0.3.21 SkylakeX", "oneDNN 2.6.3 avx512_core_bf16".
std::string describe(const GemmConfiguration& configuration);

}  // namespace dropsweep::linalg
