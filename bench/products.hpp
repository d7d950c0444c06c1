#pragma once

#include <algorithm>
#include <vector>

#include "dropsweep/core/blas.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::bench {

/// The matrix products of a training step alone. Their operands hold ones and are never written, so that neither zeros
/// nor infinities are multiplied, which would spare the core power and let it clock higher.
class Products {
  public:
    /// @param max_rows  the most rows that are multiplied at once
    Products(const nn::Architecture& architecture, std::size_t max_rows) : architecture_(architecture) {
        for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
            const std::size_t in = architecture.fan_in(layer);
            const std::size_t out = architecture.fan_out(layer);
            for (const std::size_t size :
                 {max_rows * in, in * out, max_rows * out, max_rows * out, in * out, max_rows * in}) {
                std::ranges::fill(buffers_.emplace_back(size).span(), 1.0f);
            }
        }
    }

    /// Y = X W
    void forward(std::size_t layer, std::size_t rows) { core::multiply(x(layer, rows), w(layer), y(layer, rows)); }
    /// dW = X^T dY
    void weight_gradient(std::size_t layer, std::size_t rows) {
        core::multiply_transposed_left(x(layer, rows), dy(layer, rows), dw(layer));
    }
    /// dX = dY W^T
    void input_gradient(std::size_t layer, std::size_t rows) {
        core::multiply_transposed_right(dy(layer, rows), w(layer), dx(layer, rows));
    }

    /// Forward and backward over a shard, in the order of a step.
    void shard(std::size_t rows) {
        for (std::size_t layer = 0; layer < architecture_.layers(); ++layer) forward(layer, rows);
        for (std::size_t layer = architecture_.layers(); layer-- > 0;) {
            weight_gradient(layer, rows);
            if (layer > 0) input_gradient(layer, rows);
        }
    }

    /// All shards of all batches.
    void epoch(std::size_t samples, std::size_t batch_size, std::size_t shards) {
        const std::vector<std::uint32_t> order = data::file_order(samples);
        const data::Batches batches(order, batch_size);
        for (std::size_t b = 0; b < batches.count(); ++b) {
            for (std::size_t i = 0; i < shards; ++i) shard(data::shard_of(batches[b], shards, i).size());
        }
    }

  private:
    core::Matrix x(std::size_t l, std::size_t rows) { return matrix(6 * l, rows, architecture_.fan_in(l)); }
    core::Matrix w(std::size_t l) { return matrix(6 * l + 1, architecture_.fan_in(l), architecture_.fan_out(l)); }
    core::Matrix dy(std::size_t l, std::size_t rows) { return matrix(6 * l + 2, rows, architecture_.fan_out(l)); }
    core::Matrix y(std::size_t l, std::size_t rows) { return matrix(6 * l + 3, rows, architecture_.fan_out(l)); }
    core::Matrix dw(std::size_t l) { return matrix(6 * l + 4, architecture_.fan_in(l), architecture_.fan_out(l)); }
    core::Matrix dx(std::size_t l, std::size_t rows) { return matrix(6 * l + 5, rows, architecture_.fan_in(l)); }
    core::Matrix matrix(std::size_t buffer, std::size_t rows, std::size_t columns) {
        return {buffers_[buffer].data(), rows, columns};
    }

    nn::Architecture architecture_;
    std::vector<core::FloatBuffer> buffers_;
};

}  // namespace dropsweep::bench
