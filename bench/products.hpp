// The matrix products of a training step without the rest of the step.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "dropsweep/data/batches.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::bench {

/// The products of a training step by one of the classes of linalg/products.hpp. The operands are never written, so
/// that no infinities arise, and hold ones, with as many zeros as the densities say: multiplying zeros takes less
/// power, and the core would clock higher.
template <class Products>
class StepProducts {
  public:
    using Element = typename Products::Element;

    /// @param rows       of a batch
    /// @param densities  [layers] the share of non-zeros in the input of each layer; in the gradient of its output it
    /// is
    ///                   that of the next layer's input
    StepProducts(const nn::Architecture& architecture, std::size_t rows, const std::vector<double>& densities)
        : architecture_(architecture) {
        for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
            const bool is_last = layer + 1 == architecture.layers();
            inputs_.push_back(operand(rows, in(layer), densities[layer]));
            gradients_.push_back(operand(rows, out(layer), is_last ? 1.0 : densities[layer + 1]));
            weights_.push_back(operand(in(layer), out(layer), 1.0));
            results_.emplace_back(std::max(rows, in(layer)) * linalg::padded_stride(std::max(in(layer), out(layer))));
        }
    }

    /// Y = X W of each leaf.
    void forward(std::size_t layer, std::span<const linalg::Range> leaves) {
        products_.forward(rows_of(inputs_[layer], leaves), weights_[layer].values(),
                          result(layer, leaves.back().end, out(layer)), leaves);
    }
    /// dW = X^T dY of each leaf, added up by the tree.
    void kernel_gradient(std::size_t layer, std::span<const linalg::Range> leaves) {
        const linalg::LocalReductionPlan plan(leaves.size(), {0, leaves.size()});
        const linalg::Matrix sum = result(layer, in(layer), out(layer));
        products_.kernel_gradient(rows_of(inputs_[layer], leaves), rows_of(gradients_[layer], leaves).values, leaves,
                                  plan, {&sum, 1}, [] {});
    }
    /// dX = dY W^T of each leaf.
    void input_gradient(std::size_t layer, std::span<const linalg::Range> leaves) {
        products_.input_gradient(rows_of(gradients_[layer], leaves), weights_[layer].values(),
                                 result(layer, leaves.back().end, in(layer)), leaves);
    }

    /// Forward and backward over a batch, in the order of a step.
    void step(std::span<const linalg::Range> leaves) {
        for (std::size_t layer = 0; layer < architecture_.layers(); ++layer) forward(layer, leaves);
        for (std::size_t layer = architecture_.layers(); layer-- > 0;) {
            if (layer > 0) input_gradient(layer, leaves);
            kernel_gradient(layer, leaves);
        }
    }

    /// The steps of an epoch, each batch as one leaf.
    void epoch(std::size_t samples, std::size_t batch_size) {
        for (std::size_t first = 0; first < samples; first += batch_size) {
            const linalg::Range batch{0, std::min(batch_size, samples - first)};
            step({&batch, 1});
        }
    }

    /// Non-zeros of the left operand of a product: its multiply-adds for each column of the right one.
    std::size_t nonzeros_of_input(std::size_t layer) const { return inputs_[layer].nonzeros; }
    std::size_t nonzeros_of_gradient(std::size_t layer) const { return gradients_[layer].nonzeros; }

  private:
    struct Operand {
        std::size_t rows, columns, nonzeros;
        linalg::AlignedBuffer<Element> elements;
        linalg::AlignedBuffer<std::uint64_t> bits;

        linalg::MatrixView<const Element> values() const {
            return {elements.data(), rows, columns, linalg::padded_stride(columns)};
        }
    };

    static Operand operand(std::size_t rows, std::size_t columns, double density) {
        const std::size_t stride = linalg::padded_stride(columns);
        const std::size_t words = linalg::words_for(columns);
        Operand made{rows, columns, 0, linalg::AlignedBuffer<Element>(rows * stride),
                     linalg::AlignedBuffer<std::uint64_t>(rows * words)};
        std::mt19937 bits(1);
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
                if (static_cast<double>(bits()) >= density * 0x1p32) continue;
                linalg::narrow(1.0f, made.elements.data()[i * stride + j]);
                made.bits.data()[i * words + j / 64] |= std::uint64_t{1} << j % 64;
                ++made.nonzeros;
            }
        }
        return made;
    }

    static linalg::SparseMatrix<const Element> rows_of(Operand& operand, std::span<const linalg::Range> leaves) {
        return {operand.values().rows_in({0, leaves.back().end}),
                {operand.bits.data(), leaves.back().end, operand.columns}};
    }

    std::size_t in(std::size_t layer) const { return architecture_.fan_in(layer); }
    std::size_t out(std::size_t layer) const { return architecture_.fan_out(layer); }
    linalg::Matrix result(std::size_t layer, std::size_t rows, std::size_t columns) {
        return {results_[layer].data(), rows, columns, linalg::padded_stride(columns)};
    }

    nn::Architecture architecture_;
    Products products_;
    std::vector<Operand> inputs_;
    std::vector<Operand> gradients_;
    std::vector<Operand> weights_;
    std::vector<linalg::FloatBuffer> results_;
};

}  // namespace dropsweep::bench
