// Bitmaps of the elements of a matrix that are not zero.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::linalg {

/// The number of 64-bit words that hold `bits` bits.
constexpr std::size_t words_for(std::size_t bits) {
    return (bits + 63) / 64;
}

/// A view of one bit for each element of a matrix: 1 wherever it is not zero. Bit j of a row is bit j % 64 of its word
/// j / 64; the bits behind the last column are 0.
template <class Word>
struct BitmapView {
    Word* words = nullptr;  ///< [rows, words_for(columns)]
    std::size_t rows = 0;
    std::size_t columns = 0;

    std::size_t row_words() const { return words_for(columns); }
    Word* row(std::size_t i) const {
        assert(i < rows);
        return words + i * row_words();
    }
    std::span<Word> all() const { return {words, rows * row_words()}; }
    operator BitmapView<const Word>() const { return {words, rows, columns}; }
};

using Bitmap = BitmapView<std::uint64_t>;
using ConstBitmap = BitmapView<const std::uint64_t>;

/// A row-major matrix with the bitmap of its non-zeros; NaN is not zero. Products give the same bits where zeros are in
/// the bitmap as well.
template <class T>
struct SparseMatrix {
    MatrixView<T> values;
    Bitmap nonzeros;

    operator SparseMatrix<const T>() const { return {values, nonzeros}; }
};

/// The bitmap of a matrix's columns, leaf by leaf. Local: no communication.
/// @param rows     the bitmap of the matrix, [m, k]
/// @param leaves   contiguous ranges of rows that cover [0, m), some may be empty
/// @param columns  out: [k, leaves.size() * leaf_bits]; row j has column j, leaf l from bit l * leaf_bits on
/// @param leaf_bits  a multiple of 64, at least the rows of the longest leaf
void transpose_leaves(ConstBitmap rows, std::span<const Range> leaves, std::size_t leaf_bits, Bitmap columns);

}  // namespace dropsweep::linalg
