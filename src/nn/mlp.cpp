// The passes of the multilayer perceptron, layer by layer.
#include "dropsweep/nn/mlp.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "dropsweep/linalg/add.hpp"

namespace dropsweep::nn {
namespace {

/// Whether products are written where the next ones read them; else they are narrowed in between.
template <class Element>
constexpr bool kInPlace = std::is_same_v<Element, float>;

const Dropout& dropout_of(std::span<const Dropout> dropout, std::size_t layer) {
    static const Dropout none;
    return dropout.empty() ? none : dropout[layer];
}

template <class T>
linalg::SparseMatrix<T> rows_of(const linalg::SparseMatrix<T>& matrix, const linalg::Range& rows) {
    const linalg::Bitmap& bits = matrix.nonzeros;
    return {matrix.values.rows_in(rows), {bits.words + rows.begin * bits.row_words(), rows.size(), bits.columns}};
}

}  // namespace

template <class Products>
Mlp<Products>::Mlp(const Architecture& architecture, std::size_t max_rows, Loss loss,
                   std::span<const float> class_weights)
    : layout_(architecture, ParameterLayout::Rows::padded),
      last_(architecture.hidden.size()),
      loss_(loss),
      class_weights_(class_weights.begin(), class_weights.end()) {
    std::size_t widest = 0;
    for (std::size_t layer = 0; layer <= last_; ++layer) {
        widest = std::max(widest, linalg::padded_stride(architecture.fan_out(layer)));
        inputs_.emplace_back(max_rows, architecture.fan_in(layer));
        dz_.emplace_back(max_rows, architecture.fan_out(layer));
    }
    if constexpr (!kInPlace<Element>) {
        logits_ = linalg::FloatBuffer(max_rows * linalg::padded_stride(architecture.classes));
        floats_ = linalg::FloatBuffer(max_rows * widest);
        bias_ = linalg::FloatBuffer(widest);
    }
}

template <class Products>
linalg::SparseMatrix<typename Products::Element> Mlp<Products>::inputs(std::size_t rows) {
    return inputs_[0].rows(rows);
}

template <class Products>
void Mlp<Products>::forward(Weights weights, std::span<const std::size_t> leaf_rows, std::span<const Dropout> dropout,
                            std::span<const std::uint32_t> samples) {
    leaves_.clear();
    rows_ = 0;
    for (const std::size_t rows : leaf_rows) {
        leaves_.push_back({rows_, rows_ + rows});
        rows_ += rows;
    }
    for (std::size_t layer = 0; layer <= last_; ++layer) {
        const linalg::Matrix z = layer == last_ ? logits() : product_destination(inputs_[layer + 1]);
        products_.forward(inputs_[layer].rows(rows_), layout_.layer(weights, layer).kernel, z, leaves_);
        if (layer == last_) break;
        hidden_forward(z, bias_of(weights, layer), dropout_of(dropout, layer), samples, inputs_[layer + 1].rows(rows_));
    }
}

template <class Products>
linalg::LossAndCorrect Mlp<Products>::evaluate(Weights weights, std::span<const std::uint8_t> labels) {
    return softmax_cross_entropy(loss_, logits(), bias_of(weights, last_), labels);
}

template <class Products>
void Mlp<Products>::predict(Weights weights, linalg::Matrix probabilities, std::span<std::uint8_t> predicted) {
    softmax(logits(), bias_of(weights, last_), probabilities, predicted);
}

template <class Products>
void Mlp<Products>::backward(Weights weights, std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                             const GradientSink& gradient, std::span<linalg::LossAndCorrect> losses) {
    assert(labels.size() == rows_ && losses.size() == leaves_.size());
    const std::span<const float> bias = bias_of(weights, last_);
    add_up_bias(gradient, last_, [&](std::size_t leaf, std::span<float> dbias) {
        const linalg::Range rows = leaves_[leaf];
        losses[leaf] = softmax_cross_entropy_gradient(loss_, logits().rows_in(rows), bias,
                                                      labels.subspan(rows.begin, rows.size()), class_weights_, dbias);
    });
    as_operand(logits(), dz_[last_].rows(rows_));
    for (std::size_t layer = last_; true; --layer) {
        if (layer > 0) input_gradient(weights, layer, dropout_of(dropout, layer - 1), gradient);
        kernel_gradient(layer, gradient);
        gradient.layer_done(layer);
        if (layer == 0) break;
    }
}

/// Where to write the products that become the operand in `operand`.
template <class Products>
linalg::Matrix Mlp<Products>::product_destination(OperandBuffer& operand) {
    if constexpr (kInPlace<Element>) {
        return operand.rows(rows_).values;
    } else {
        return {floats_.data(), rows_, operand.columns, linalg::padded_stride(operand.columns)};
    }
}

/// The products of the last layer, without bias.
template <class Products>
linalg::Matrix Mlp<Products>::logits() {
    if constexpr (kInPlace<Element>) {
        return dz_[last_].rows(rows_).values;
    } else {
        return {logits_.data(), rows_, dz_[last_].columns, linalg::padded_stride(dz_[last_].columns)};
    }
}

template <class Products>
std::span<const float> Mlp<Products>::bias_of(Weights weights, std::size_t layer) {
    const Weights bias = layout_.layer(weights, layer).bias;
    if constexpr (kInPlace<Element>) {
        return bias;
    } else {
        for (std::size_t i = 0; i < bias.size(); ++i) bias_.data()[i] = linalg::widen(bias[i]);
        return bias_.span().first(bias.size());
    }
}

/// Sums the gradient of a bias over the leaves of the pass, in tree order.
/// @param addend  addend(leaf, out) writes the gradient of one leaf
template <class Products>
template <class Addend>
void Mlp<Products>::add_up_bias(const GradientSink& gradient, std::size_t layer, Addend&& addend) {
    const linalg::LocalReductionPlan& plan = gradient.plan;
    assert(plan.leaves.size() == leaves_.size());
    const ParameterLayout::Tensor& bias = layout_.tensors()[2 * layer + 1];
    const std::size_t needed = (plan.slots - plan.nodes.size()) * bias.size;
    if (scratch_.size() < needed) scratch_ = linalg::FloatBuffer(needed);
    const auto slot = [&](std::size_t index) {
        if (index < gradient.sums.size()) return gradient.sums[index].subspan(bias.offset, bias.size);
        return scratch_.span().subspan((index - gradient.sums.size()) * bias.size, bias.size);
    };
    for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
        addend(leaf, slot(plan.leaves[leaf].slot));
        for (const auto [into, from] : plan.leaves[leaf].additions) linalg::add_to(slot(into), slot(from));
    }
}

/// dW = X^T dZ.
template <class Products>
void Mlp<Products>::kernel_gradient(std::size_t layer, const GradientSink& gradient) {
    std::vector<linalg::Matrix>& sums = kernel_sums_;
    sums.clear();
    for (const std::span<float> flat : gradient.sums) sums.push_back(layout_.layer(flat, layer).kernel);
    products_.kernel_gradient(inputs_[layer].rows(rows_), dz_[layer].rows(rows_).values, leaves_, gradient.plan, sums,
                              gradient.between_products);
}

/// dX = dZ W^T, then the gradient through the activation of the layer below, and that of its bias.
template <class Products>
void Mlp<Products>::input_gradient(Weights weights, std::size_t layer, const Dropout& dropout,
                                   const GradientSink& gradient) {
    const linalg::Matrix dx = product_destination(dz_[layer - 1]);
    products_.input_gradient(dz_[layer].rows(rows_), layout_.layer(weights, layer).kernel, dx, leaves_);
    const linalg::SparseMatrix<Element> a = inputs_[layer].rows(rows_);
    const linalg::SparseMatrix<Element> dz = dz_[layer - 1].rows(rows_);
    add_up_bias(gradient, layer - 1, [&](std::size_t leaf, std::span<float> dbias) {
        const linalg::Range rows = leaves_[leaf];
        hidden_backward(dx.rows_in(rows), rows_of(a, rows), dropout, dbias, rows_of(dz, rows));
    });
}

template class Mlp<linalg::SparseProducts>;
template class Mlp<linalg::DenseProducts<float>>;
template class Mlp<linalg::DenseProducts<linalg::BFloat16>>;

}  // namespace dropsweep::nn
