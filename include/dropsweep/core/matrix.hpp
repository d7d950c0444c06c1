#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace dropsweep::core {

/// A row-major matrix that lives elsewhere: [rows, columns], consecutive rows `stride` elements apart.
template <class T>
struct MatrixView {
    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;

    MatrixView() = default;
    MatrixView(T* first, std::size_t row_count, std::size_t column_count)
        : data(first), rows(row_count), columns(column_count), stride(column_count) {}

    std::span<T> row(std::size_t i) const {
        assert(i < rows);
        return {data + i * stride, columns};
    }
    operator MatrixView<const T>() const {
        MatrixView<const T> view(data, rows, columns);
        view.stride = stride;
        return view;
    }
};

using Matrix = MatrixView<float>;
using ConstMatrix = MatrixView<const float>;

/// An owned array of floats on a cache-line boundary, zero at first. Move-only.
class FloatBuffer {
  public:
    FloatBuffer() = default;
    explicit FloatBuffer(std::size_t size) : data_(new (std::align_val_t{64}) float[size]()), size_(size) {}

    std::size_t size() const { return size_; }
    float* data() { return data_.get(); }
    const float* data() const { return data_.get(); }
    std::span<float> span() { return {data_.get(), size_}; }
    std::span<const float> span() const { return {data_.get(), size_}; }

  private:
    struct Deleter {
        void operator()(float* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<float[], Deleter> data_;
    std::size_t size_ = 0;
};

}  // namespace dropsweep::core
