// Matrices and rows padded with zeros, as products take them.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/sparse_product.hpp"

namespace dropsweep::testing_support {

/// Its padding zero, as that of biases is.
inline linalg::FloatBuffer padded_row(std::span<const float> values) {
    linalg::FloatBuffer row(linalg::padded_stride(values.size()));
    std::ranges::copy(values, row.data());
    return row;
}

/// A matrix of its own, padded with zeros as products take it, and the bitmap of its non-zeros. T is float or BFloat16.
template <class T = float>
class PaddedMatrix {
  public:
    PaddedMatrix(std::size_t row_count, std::size_t column_count)
        : rows_(row_count),
          columns_(column_count),
          values_(rows_ * linalg::padded_stride(columns_)),
          nonzeros_(rows_ * linalg::words_for(columns_)) {}
    /// @param dense  [row_count, column_count]
    PaddedMatrix(std::size_t row_count, std::size_t column_count, std::span<const float> dense)
        : PaddedMatrix(row_count, column_count) {
        put(dense);
    }

    void put(std::span<const float> dense) {
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                const float value = dense[i * columns_ + j];
                linalg::narrow(value, values().row(i)[j]);
                if (value != 0) nonzeros().row(i)[j / 64] |= std::uint64_t{1} << j % 64;
            }
        }
    }

    linalg::MatrixView<T> values() { return {values_.data(), rows_, columns_, linalg::padded_stride(columns_)}; }
    linalg::Bitmap nonzeros() { return {nonzeros_.data(), rows_, columns_}; }
    linalg::SparseMatrix<T> sparse() { return {values(), nonzeros()}; }
    linalg::SparseMatrix<const T> operand() { return {values(), nonzeros()}; }

    /// [rows, columns]
    std::vector<float> dense() {
        std::vector<float> all;
        for (std::size_t i = 0; i < rows_; ++i) {
            for (const T value : values().row(i)) all.push_back(linalg::widen(value));
        }
        return all;
    }

    /// Whether zeros follow each row to the end of its last cache line.
    bool has_zero_padding() {
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t j = columns_; j % 16 != 0; ++j) {
                if (!(linalg::widen(values().data[i * values().stride + j]) == 0)) return false;
            }
        }
        return true;
    }

    /// Whether the bitmap tells what is not zero, in words that are 0 behind the last column.
    bool has_right_bitmap() {
        PaddedMatrix twin(rows_, columns_, dense());
        return std::ranges::equal(nonzeros().all(), twin.nonzeros().all());
    }

  private:
    std::size_t rows_;
    std::size_t columns_;
    linalg::AlignedBuffer<T> values_;
    linalg::AlignedBuffer<std::uint64_t> nonzeros_;
};

}  // namespace dropsweep::testing_support
