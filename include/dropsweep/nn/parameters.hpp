// The shape of a network, and where each parameter lies in the one flat buffer that holds them all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::nn {

/// The widths of a multilayer perceptron: inputs -> hidden[0] -> ... -> classes.
struct Architecture {
    std::size_t inputs = 0;
    std::vector<std::size_t> hidden;
    std::size_t classes = 0;

    /// Number of dense layers, hidden.size() + 1.
    std::size_t layers() const { return hidden.size() + 1; }
    std::size_t fan_in(std::size_t layer) const { return layer == 0 ? inputs : hidden[layer - 1]; }
    std::size_t fan_out(std::size_t layer) const { return layer == hidden.size() ? classes : hidden[layer]; }
    bool operator==(const Architecture&) const = default;
};

/// The parameters of one dense layer (or their gradients) inside a flat buffer.
template <class T>
struct DenseView {
    linalg::MatrixView<T> kernel;  ///< [fan_in, fan_out]
    std::span<T> bias;             ///< [fan_out], or padded
};

/// The place of each tensor in the flat buffer: kernel then bias, layer by layer. Gradients and moments have the same
/// layout, so that update, reduction and files are one loop each.
class ParameterLayout {
  public:
    enum class Rows {
        dense,  ///< without gaps: for files and hashes
        padded  ///< each begins on a cache line, as products need it (linalg::padded_stride); the padding is zero
    };

    struct Tensor {
        std::string name;  ///< "dense/kernel", "dense/bias", "dense_1/kernel" ...
        std::vector<std::size_t> shape;
        std::size_t offset = 0;  ///< in elements
        std::size_t stride = 0;  ///< from one row to the next; a bias is one row
        std::size_t size = 0;    ///< in elements, with the padding of the rows
    };

    explicit ParameterLayout(const Architecture& architecture, Rows rows = Rows::dense);

    /// Elements of the flat buffer.
    std::size_t size() const { return size_; }
    const std::vector<Tensor>& tensors() const { return tensors_; }
    std::size_t layers() const { return tensors_.size() / 2; }
    /// The elements of a layer, kernel and bias, in the flat buffer.
    linalg::Range range_of(std::size_t layer) const {
        const Tensor& bias = tensors_[2 * layer + 1];
        return {tensors_[2 * layer].offset, bias.offset + bias.size};
    }

    template <class T>
    DenseView<T> layer(std::span<T> flat, std::size_t index) const {
        const Tensor& kernel = tensors_[2 * index];
        const Tensor& bias = tensors_[2 * index + 1];
        return {{flat.data() + kernel.offset, kernel.shape[0], kernel.shape[1], kernel.stride},
                flat.subspan(bias.offset, bias.size)};
    }

  private:
    std::vector<Tensor> tensors_;
    std::size_t size_ = 0;
};

/// Copies all parameters from one layout of an architecture to another. The padding in `to` stays as it is.
void copy_parameters(const ParameterLayout& from_layout, std::span<const float> from, const ParameterLayout& to_layout,
                     std::span<float> to);

}  // namespace dropsweep::nn
