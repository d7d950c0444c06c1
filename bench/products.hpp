#pragma once

#include <algorithm>
#include <vector>

#include "dropsweep/core/product.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::bench {

/// The matrix products of a training step alone, with operands of type T (float or core::BFloat16). Their operands hold
/// ones and are never written, so that neither zeros nor infinities are multiplied, which would spare the core power
/// and let it clock higher.
template <class T>
class Products {
  public:
    /// @param max_rows  the most rows that are multiplied at once
    Products(const nn::Architecture& architecture, std::size_t max_rows, core::Gemm gemm)
        : architecture_(architecture), gemm_(gemm) {
        T one;
        core::narrow(1.0f, one);
        for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
            const std::size_t in = architecture.fan_in(layer);
            const std::size_t out = architecture.fan_out(layer);
            for (const std::size_t size : {max_rows * in, in * out, max_rows * out}) {
                std::ranges::fill(operands_.emplace_back(size).span(), one);
            }
            for (const std::size_t size : {max_rows * out, in * out, max_rows * in}) results_.emplace_back(size);
        }
    }

    /// Y = X W, for each shard
    void forward(std::size_t layer, std::span<const core::Range> shards) {
        const std::size_t rows = shards.back().end;
        core::multiply(gemm_, x(layer, rows), w(layer), y(layer, rows), shards);
    }
    /// dW = X^T dY, for each shard; whole, where training with several shards makes panels
    void weight_gradient(std::size_t layer, std::span<const core::Range> shards) {
        const std::size_t rows = shards.back().end;
        for (const core::Range& shard : shards) {
            core::multiply_transposed_left(gemm_, x(layer, rows).rows_in(shard), dy(layer, rows).rows_in(shard),
                                           dw(layer));
        }
    }
    /// dX = dY W^T, for each shard
    void input_gradient(std::size_t layer, std::span<const core::Range> shards) {
        const std::size_t rows = shards.back().end;
        core::multiply_transposed_right(gemm_, dy(layer, rows), w(layer), dx(layer, rows), shards);
    }

    /// Forward and backward over a batch, in the order of a step.
    void step(std::span<const core::Range> shards) {
        for (std::size_t layer = 0; layer < architecture_.layers(); ++layer) forward(layer, shards);
        for (std::size_t layer = architecture_.layers(); layer-- > 0;) {
            weight_gradient(layer, shards);
            if (layer > 0) input_gradient(layer, shards);
        }
    }

    /// All shards of all batches.
    void epoch(std::size_t samples, std::size_t batch_size, std::size_t shards) {
        const std::vector<std::uint32_t> order = data::file_order(samples);
        const data::Batches batches(order, batch_size);
        std::vector<core::Range> ranges(shards);
        for (std::size_t b = 0; b < batches.count(); ++b) {
            for (std::size_t i = 0; i < shards; ++i) ranges[i] = core::part_of(batches[b].size(), shards, i);
            step(ranges);
        }
    }

  private:
    using Operand = core::MatrixView<const T>;

    std::size_t in(std::size_t l) const { return architecture_.fan_in(l); }
    std::size_t out(std::size_t l) const { return architecture_.fan_out(l); }
    Operand x(std::size_t l, std::size_t rows) const { return {operands_[3 * l].data(), rows, in(l)}; }
    Operand w(std::size_t l) const { return {operands_[3 * l + 1].data(), in(l), out(l)}; }
    Operand dy(std::size_t l, std::size_t rows) const { return {operands_[3 * l + 2].data(), rows, out(l)}; }
    core::Matrix y(std::size_t l, std::size_t rows) { return {results_[3 * l].data(), rows, out(l)}; }
    core::Matrix dw(std::size_t l) { return {results_[3 * l + 1].data(), in(l), out(l)}; }
    core::Matrix dx(std::size_t l, std::size_t rows) { return {results_[3 * l + 2].data(), rows, in(l)}; }

    nn::Architecture architecture_;
    core::Gemm gemm_;
    std::vector<core::AlignedBuffer<T>> operands_;
    std::vector<core::FloatBuffer> results_;
};

}  // namespace dropsweep::bench
