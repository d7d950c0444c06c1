// Views of row-major matrices, and aligned arrays.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::linalg {

/// A view of a row-major matrix [rows, columns], consecutive rows `stride` elements apart. Owns nothing.
template <class T>
struct MatrixView {
    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;

    MatrixView() = default;
    MatrixView(T* first, std::size_t row_count, std::size_t column_count)
        : MatrixView(first, row_count, column_count, column_count) {}
    MatrixView(T* first, std::size_t row_count, std::size_t column_count, std::size_t row_stride)
        : data(first), rows(row_count), columns(column_count), stride(row_stride) {}

    std::span<T> row(std::size_t i) const {
        assert(i < rows);
        return {data + i * stride, columns};
    }
    /// Consecutive rows, or columns, of it.
    MatrixView rows_in(const Range& range) const {
        return {data + range.begin * stride, range.size(), columns, stride};
    }
    MatrixView columns_in(const Range& range) const { return {data + range.begin, rows, range.size(), stride}; }

    operator MatrixView<const T>() const { return {data, rows, columns, stride}; }
};

using Matrix = MatrixView<float>;
using ConstMatrix = MatrixView<const float>;

/// An owned array that begins on a cache line, zero at first. Move-only.
template <class T>
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size) : data_(new (std::align_val_t{64}) T[size]()), size_(size) {}

    std::size_t size() const { return size_; }
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }
    std::span<T> span() { return {data_.get(), size_}; }
    std::span<const T> span() const { return {data_.get(), size_}; }

  private:
    struct Deleter {
        void operator()(T* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<T[], Deleter> data_;
    std::size_t size_ = 0;
};

using FloatBuffer = AlignedBuffer<float>;

}  // namespace dropsweep::linalg
