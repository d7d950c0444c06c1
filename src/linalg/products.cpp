// The products of a dense layer, leaf by leaf, by the kernels of each library.
#include "dropsweep/linalg/products.hpp"

#include <algorithm>
#include <array>

#include "dropsweep/linalg/add.hpp"
#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/simd.hpp"
#include "dropsweep/linalg/sparse_product.hpp"

#include "onednn.hpp"

namespace dropsweep::linalg {
namespace {

/// Makes the buffer hold at least `size` elements.
template <class T>
T* grown(AlignedBuffer<T>& buffer, std::size_t size) {
    if (buffer.size() < size) buffer = AlignedBuffer<T>(size);
    return buffer.data();
}

template <class T>
StridedOperand<T> untransposed(MatrixView<const T> matrix) {
    return {matrix.data, matrix.stride, 1};
}

template <class T>
StridedOperand<T> transposed(MatrixView<const T> matrix) {
    return {matrix.data, 1, matrix.stride};
}

void gradient_of_leaf(ConstMatrix x, ConstMatrix dy, Matrix dw) {
    multiply_transposed_left(x, dy, dw);
}

/// With fewer columns oneDNN does not fill the vectors of its kernels.
constexpr std::size_t kWide = 16;

void gradient_of_leaf(ConstBf16Matrix x, ConstBf16Matrix dy, Matrix dw) {
    if (x.rows == 0) {
        for (std::size_t i = 0; i < dw.rows; ++i) std::ranges::fill(dw.row(i), 0.0f);
    } else if (dw.columns < kWide && dw.rows > dw.columns) {
        // dW^T = dY^T X fills the vectors with the rows of dW.
        thread_local FloatBuffer buffer;
        const Matrix turned(grown(buffer, dw.rows * dw.columns), dw.columns, dw.rows);
        onednn_multiply(transposed(dy), untransposed(x), x.rows, turned, std::array{Range{0, turned.rows}});
        for (std::size_t i = 0; i < dw.rows; ++i) {
            for (std::size_t j = 0; j < dw.columns; ++j) dw.row(i)[j] = turned.row(j)[i];
        }
    } else {
        onednn_multiply(transposed(x), untransposed(dy), x.rows, dw, std::array{Range{0, dw.rows}});
    }
}

}  // namespace

std::string to_string(Precision precision) {
    return kPrecisionNames[static_cast<std::size_t>(precision)];
}

std::string to_string(Gemm gemm) {
    return kGemmNames[static_cast<std::size_t>(gemm)];
}

void start_products() {
    choose_kernels();
    start_blas();
}

std::string describe(const GemmConfiguration& configuration) {
    if (configuration.precision == Precision::bf16) return onednn_description();
    return configuration.gemm == Gemm::openblas ? blas_description() : "own " + simd_name();
}

void SparseProducts::forward(const SparseMatrix<const float>& x, ConstMatrix w, Matrix y,
                             std::span<const Range> /*leaves*/) {
    multiply(x, w, y);
}

void SparseProducts::input_gradient(const SparseMatrix<const float>& dy, ConstMatrix w, Matrix dx,
                                    std::span<const Range> /*leaves*/) {
    multiply_transposed(dy, w, dx, transposed_);
}

void SparseProducts::kernel_gradient(const SparseMatrix<const float>& x, ConstMatrix dy, std::span<const Range> leaves,
                                     const LocalReductionPlan& plan, std::span<const Matrix> sums,
                                     const std::function<void()>& between) {
    std::size_t longest = 1;
    for (const Range& leaf : leaves) longest = std::max(longest, leaf.size());
    const std::size_t leaf_bits = 64 * words_for(longest);
    const Bitmap columns{nullptr, x.values.columns, leaves.size() * leaf_bits};
    const Bitmap all{grown(columns_, columns.rows * columns.row_words()), columns.rows, columns.columns};
    transpose_leaves(x.nonzeros, leaves, leaf_bits, all);
    const std::size_t scratch = leaf_sum_scratch(plan);
    grown(scratch_, scratch);
    multiply_leaves({x.values, all, leaf_bits, dy, leaves, plan, sums, scratch_.span()});
    between();
}

template <class T>
void DenseProducts<T>::forward(const SparseMatrix<const T>& x, MatrixView<const T> w, Matrix y,
                               std::span<const Range> leaves) {
    if constexpr (std::is_same_v<T, float>) {
        for (const Range& rows : leaves) multiply(x.values.rows_in(rows), w, y.rows_in(rows));
    } else {
        onednn_multiply(untransposed(x.values), untransposed(w), w.rows, y, leaves);
    }
}

template <class T>
void DenseProducts<T>::input_gradient(const SparseMatrix<const T>& dy, MatrixView<const T> w, Matrix dx,
                                      std::span<const Range> leaves) {
    if constexpr (std::is_same_v<T, float>) {
        for (const Range& rows : leaves) multiply_transposed_right(dy.values.rows_in(rows), w, dx.rows_in(rows));
    } else {
        onednn_multiply(untransposed(dy.values), transposed(w), w.columns, dx, leaves);
    }
}

/// In panels of at most 128 rows of dW, which have 256 KB with 512 columns: those of a few leaves stay in a core's own
/// cache until they are added up. A trial with one leaf has nothing to add; a rank with one of several leaves must use
/// panels as those with more do, because the bits depend on the panel.
template <class T>
void DenseProducts<T>::kernel_gradient(const SparseMatrix<const T>& x, MatrixView<const T> dy,
                                       std::span<const Range> leaves, const LocalReductionPlan& plan,
                                       std::span<const Matrix> sums, const std::function<void()>& between) {
    constexpr std::size_t kMostRows = 128;
    const std::size_t fan_in = x.values.columns;
    const std::size_t panels = plan.all_leaves == 1 ? 1 : (fan_in + kMostRows - 1) / kMostRows;
    const std::size_t panel_rows = (fan_in + panels - 1) / panels;
    grown(scratch_, (plan.slots - sums.size()) * panel_rows * dy.columns);
    for (std::size_t begin = 0; begin < fan_in; begin += panel_rows) {
        const Range panel{begin, std::min(begin + panel_rows, fan_in)};
        const auto slot = [&](std::size_t index) {
            if (index < sums.size()) return sums[index].rows_in(panel);
            return Matrix(scratch_.data() + (index - sums.size()) * panel_rows * dy.columns, panel.size(), dy.columns);
        };
        for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
            gradient_of_leaf(x.values.rows_in(leaves[leaf]).columns_in(panel), dy.rows_in(leaves[leaf]),
                             slot(plan.leaves[leaf].slot));
            for (const auto [into, from] : plan.leaves[leaf].additions) {
                for (std::size_t i = 0; i < panel.size(); ++i) add_to(slot(into).row(i), slot(from).row(i));
            }
        }
        between();
    }
}

template class DenseProducts<float>;
template class DenseProducts<BFloat16>;

}  // namespace dropsweep::linalg
