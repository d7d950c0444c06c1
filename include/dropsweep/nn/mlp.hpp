// The multilayer perceptron: forward pass, backward pass, loss and predictions.
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/linalg/reduction_tree.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/parameters.hpp"
#include "dropsweep/nn/softmax_cross_entropy.hpp"

namespace dropsweep::nn {

/// Where a backward pass puts the gradient of the summed loss.
struct GradientSink {
    const linalg::LocalReductionPlan& plan;  ///< how the leaves of the pass are added up
    std::span<const std::span<float>> sums;  ///< out: one flat buffer for each node of `plan`
    /// Called once for each layer, the last one first, when its part of `sums` is there and its weights are no longer
    /// needed.
    std::function<void(std::size_t layer)> layer_done = [](std::size_t) {};
    /// Called between products, so that the caller can drive communication.
    std::function<void()> between_products = [] {};
};

/// Works on the rows of one or several leaves of a batch, and owns the activations of up to `max_rows` rows, but no
/// parameters: weights and gradients are padded flat buffers of the caller, laid out by `layout()`.
/// Local: no communication.
/// @tparam Products  one of linalg/products.hpp
template <class Products>
class Mlp {
  public:
    using Element = typename Products::Element;
    using Weights = std::span<const Element>;

    /// @param class_weights  of the loss of backward(), as softmax_cross_entropy_gradient takes them
    Mlp(const Architecture& architecture, std::size_t max_rows, Loss loss, std::span<const float> class_weights = {});

    const ParameterLayout& layout() const { return layout_; }
    std::size_t classes() const { return dz_[last_].columns; }

    /// Where the caller puts the inputs and their bitmap, [rows, inputs], padded; rows <= max_rows.
    linalg::SparseMatrix<Element> inputs(std::size_t rows);

    /// The activations of the first hidden layer in the last forward pass, with the padding of their rows; empty
    /// without a hidden layer. For fault injection.
    std::span<Element> activations() {
        if (inputs_.size() == 1) return {};
        const linalg::MatrixView<Element> values = inputs_[1].rows(rows_).values;
        return {values.data, rows_ * values.stride};
    }

    /// x -> (dense -> activation -> dropout) for each hidden layer -> dense, from the rows put into `inputs(rows)`.
    /// @param leaf_rows  [leaves] the rows of each leaf of the pass, some may be 0; their sum is rows
    /// @param dropout    one per hidden layer, or empty: no dropout
    /// @param samples    [rows] index of each row in the training set, for the dropout masks; may be empty without
    void forward(Weights weights, std::span<const std::size_t> leaf_rows, std::span<const Dropout> dropout,
                 std::span<const std::uint32_t> samples);

    /// Loss and correct predictions of the last forward pass, summed over its rows, without class weights.
    /// @param labels  [rows], each below classes
    linalg::LossAndCorrect evaluate(Weights weights, std::span<const std::uint8_t> labels);

    /// Class probabilities, [rows, classes], and most probable class, [rows], of the last forward pass.
    void predict(Weights weights, linalg::Matrix probabilities, std::span<std::uint8_t> predicted);

    /// The gradient of the summed, weighted loss with respect to all parameters, and that loss of each leaf. Consumes
    /// the forward pass.
    /// @param dropout   as given to forward
    /// @param gradient  one leaf of its plan for each leaf of the pass
    /// @param losses    out: [leaves] loss and correct predictions of each
    void backward(Weights weights, std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                  const GradientSink& gradient, std::span<linalg::LossAndCorrect> losses);

  private:
    /// A buffer for the values and the bitmap of up to max_rows rows.
    struct OperandBuffer {
        OperandBuffer(std::size_t max_rows, std::size_t column_count)
            : columns(column_count),
              values(max_rows * linalg::padded_stride(column_count)),
              nonzeros(max_rows * linalg::words_for(column_count)) {}
        linalg::SparseMatrix<Element> rows(std::size_t count) {
            assert(count * linalg::padded_stride(columns) <= values.size());
            return {{values.data(), count, columns, linalg::padded_stride(columns)}, {nonzeros.data(), count, columns}};
        }

        std::size_t columns;
        linalg::AlignedBuffer<Element> values;
        linalg::AlignedBuffer<std::uint64_t> nonzeros;
    };

    linalg::Matrix product_destination(OperandBuffer& operand);
    linalg::Matrix logits();
    std::span<const float> bias_of(Weights weights, std::size_t layer);
    template <class Addend>
    void add_up_bias(const GradientSink& gradient, std::size_t layer, Addend&& addend);
    void kernel_gradient(std::size_t layer, const GradientSink& gradient);
    void input_gradient(Weights weights, std::size_t layer, const Dropout& dropout, const GradientSink& gradient);

    ParameterLayout layout_;
    std::size_t last_;  ///< index of the last layer
    Loss loss_;
    std::vector<float> class_weights_;
    Products products_;
    std::size_t rows_ = 0;                     ///< of the last forward pass
    std::vector<linalg::Range> leaves_;        ///< rows of its leaves
    std::vector<OperandBuffer> inputs_;        ///< operand of each layer: the inputs, then activations
    std::vector<OperandBuffer> dz_;            ///< gradient of each layer's products
    linalg::FloatBuffer logits_;               ///< then their gradient; with float elements both are in dz_
    linalg::FloatBuffer floats_;               ///< products of a layer before they are narrowed
    linalg::FloatBuffer bias_;                 ///< bias of a layer, widened
    linalg::FloatBuffer scratch_;              ///< addends of leaves that have no place in the sums
    std::vector<linalg::Matrix> kernel_sums_;  ///< of one layer
};

}  // namespace dropsweep::nn
