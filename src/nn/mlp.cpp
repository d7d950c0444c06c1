#include "dropsweep/nn/mlp.hpp"

#include "dropsweep/core/blas.hpp"
#include "dropsweep/nn/softmax_cross_entropy.hpp"

namespace dropsweep::nn {
namespace {

const Dropout& dropout_of(std::span<const Dropout> dropout, std::size_t layer) {
    static const Dropout none;
    return dropout.empty() ? none : dropout[layer];
}

}  // namespace

Mlp::Mlp(const Architecture& architecture, std::size_t max_rows)
    : architecture_(architecture), layout_(architecture), inputs_(max_rows * architecture.inputs) {
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        outputs_.emplace_back(max_rows * architecture.fan_out(layer));
        if (layer < architecture.hidden.size()) gradients_.emplace_back(max_rows * architecture.hidden[layer]);
    }
}

core::Matrix Mlp::output(std::size_t layer, std::size_t rows) {
    return {outputs_[layer].data(), rows, architecture_.fan_out(layer)};
}

core::ConstMatrix Mlp::input(std::size_t layer, std::size_t rows) {
    return layer == 0 ? inputs(rows) : output(layer - 1, rows);
}

void Mlp::forward(std::span<const float> weights, std::size_t rows, std::span<const Dropout> dropout,
                  std::span<const std::uint32_t> samples) {
    assert(inputs_.size() >= rows * architecture_.inputs && weights.size() == layout_.size());
    rows_ = rows;
    for (std::size_t layer = 0; layer < architecture_.layers(); ++layer) {
        const DenseView<const float> dense = layout_.layer(weights, layer);
        core::multiply(input(layer, rows), dense.kernel, output(layer, rows));
        if (layer < architecture_.hidden.size()) {
            bias_relu_dropout_forward(output(layer, rows), dense.bias, dropout_of(dropout, layer), samples);
        }
    }
}

core::ConstMatrix Mlp::products() const {
    return {outputs_.back().data(), rows_, architecture_.classes};
}

core::Tally Mlp::evaluate(std::span<const float> weights, std::span<const std::uint8_t> labels) const {
    return softmax_cross_entropy(products(), layout_.layer(weights, architecture_.hidden.size()).bias, labels);
}

void Mlp::predict(std::span<const float> weights, core::Matrix probabilities, std::span<std::uint8_t> predicted) const {
    softmax(products(), layout_.layer(weights, architecture_.hidden.size()).bias, probabilities, predicted);
}

core::Tally Mlp::backward(std::span<const float> weights, std::span<const std::uint8_t> labels,
                          std::span<const Dropout> dropout, std::span<float> gradient) {
    assert(weights.size() == layout_.size() && gradient.size() == layout_.size());
    const std::size_t last = architecture_.hidden.size();
    const core::Tally tally = softmax_cross_entropy_gradient(output(last, rows_), layout_.layer(weights, last).bias,
                                                             labels, layout_.layer(gradient, last).bias);
    core::Matrix dz = output(last, rows_);
    for (std::size_t layer = last; true; --layer) {
        core::multiply_transposed_left(input(layer, rows_), dz, layout_.layer(gradient, layer).kernel);
        if (layer == 0) break;
        const std::size_t below = layer - 1;
        const core::Matrix da(gradients_[below].data(), rows_, architecture_.hidden[below]);
        core::multiply_transposed_right(dz, layout_.layer(weights, layer).kernel, da);
        bias_relu_dropout_backward(da, output(below, rows_), dropout_of(dropout, below),
                                   layout_.layer(gradient, below).bias);
        dz = da;
    }
    return tally;
}

}  // namespace dropsweep::nn
