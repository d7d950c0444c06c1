#pragma once

#include <functional>
#include <span>
#include <string>
#include <type_traits>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"

namespace dropsweep::linalg {

/// What the operands of a trial's matrix products are; sums, weights and all else are float32.
enum class Precision { fp32, bf16 };

/// Who multiplies float32: the kernels of sparse_product.hpp, or OpenBLAS.
enum class Gemm { own, openblas };

/// How a trial's matrix products are made. bf16 is oneDNN's.
struct GemmConfiguration {
    Precision precision = Precision::fp32;
    Gemm gemm = Gemm::own;
    bool operator==(const GemmConfiguration&) const = default;
};

std::string to_string(Precision precision);  ///< "fp32", "bf16"
std::string to_string(Gemm gemm);            ///< "auto", "openblas"

// The three products of a dense layer, in three kinds of one interface:
//
//     forward           Y = X W              X [rows, in], W [in, out], Y [rows, out]
//     input_gradient    dX = dY W^T
//     kernel_gradient   dW = X^T dY for each leaf, added up by the tree
//
// Rows are padded as for sparse_product.hpp. `leaves` are contiguous ranges of rows, of which some may be empty: the
// same bits whatever other leaves there are. Each object keeps the room that it needs from call to call; one object a
// thread. Local: no communication.

/// Leaves zeros out: the bits of docs/arithmetic.md.
class SparseProducts {
  public:
    using Element = float;

    void forward(const SparseMatrix<const float>& x, ConstMatrix w, Matrix y, std::span<const Range> leaves);
    void input_gradient(const SparseMatrix<const float>& dy, ConstMatrix w, Matrix dx, std::span<const Range> leaves);
    /// @param merge    of the leaves
    /// @param sums     out: [merge.nodes.size()] matrices [in, out]
    /// @param between  called now and then
    void kernel_gradient(const SparseMatrix<const float>& x, ConstMatrix dy, std::span<const Range> leaves,
                         const LocalReductionPlan& merge, std::span<const Matrix> sums,
                         const std::function<void()>& between);

  private:
    FloatBuffer transposed_;  ///< some of W
    AlignedBuffer<std::uint64_t> columns_;
    FloatBuffer scratch_;
};

/// Multiplies all there is, by OpenBLAS (float) or oneDNN (BFloat16), with bits of their own: those of a leaf depend on
/// its number of rows, the BLAS kernel and the CPU. A thread must have called start_products() or be started after it.
template <class T>
class DenseProducts {
  public:
    using Element = T;

    void forward(const SparseMatrix<const T>& x, MatrixView<const T> w, Matrix y, std::span<const Range> leaves);
    void input_gradient(const SparseMatrix<const T>& dy, MatrixView<const T> w, Matrix dx,
                        std::span<const Range> leaves);
    void kernel_gradient(const SparseMatrix<const T>& x, MatrixView<const T> dy, std::span<const Range> leaves,
                         const LocalReductionPlan& merge, std::span<const Matrix> sums,
                         const std::function<void()>& between);

  private:
    FloatBuffer scratch_;  ///< addends of leaves that have no place of their own
};

/// choose_kernels() and start_blas(). Once, before the first product.
void start_products();

/// Calls work with a std::type_identity of the kind of products that `configuration` asks for: once for a trial.
template <class Work>
auto with_products(const GemmConfiguration& configuration, Work&& work) {
    if (configuration.precision == Precision::bf16) return work(std::type_identity<DenseProducts<BFloat16>>());
    if (configuration.gemm == Gemm::openblas) return work(std::type_identity<DenseProducts<float>>());
    return work(std::type_identity<SparseProducts>());
}

/// A sentence for the user whose CPU trains more slowly with bf16 than with fp32; empty on others, and without oneDNN.
std::string bf16_drawback();

/// What multiplies, and its kernels: "own avx512", "OpenBLAS 0.3.21 SkylakeX", "oneDNN 2.6.3 avx512_core_bf16".
std::string describe(const GemmConfiguration& configuration);

}  // namespace dropsweep::linalg
