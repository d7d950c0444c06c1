#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "dropsweep/core/add.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/nn/softmax_cross_entropy.hpp"

namespace dropsweep::nn {

/// A pass whose products have operands of type T. Products end in float32; what the next product takes of them is made
/// by the elementwise pass that follows: in place for float, narrowed for bfloat16.
template <class T>
class Mlp::Pass {
  public:
    using Element = T;

    Pass(const Architecture& architecture, std::size_t max_rows, core::Gemm gemm, std::size_t shards)
        : architecture_(architecture), layout_(architecture), last_(architecture.hidden.size()), gemm_(gemm) {
        std::size_t widest = 0;
        for (std::size_t layer = 0; layer <= last_; ++layer) {
            widest = std::max(widest, architecture.fan_out(layer));
            inputs_.emplace_back(max_rows * architecture.fan_in(layer));
            panel_rows_.push_back(shards == 1 ? architecture.fan_in(layer) : even_panels(architecture.fan_in(layer)));
            dz_.emplace_back(kInPlace && layer == last_ ? 0 : max_rows * architecture.fan_out(layer));
        }
        logits_ = core::FloatBuffer(max_rows * architecture.classes);
        if constexpr (!kInPlace) {
            products_ = core::FloatBuffer(max_rows * widest);
            bias_ = core::FloatBuffer(widest);
        }
    }

    core::MatrixView<T> inputs(std::size_t rows) { return {inputs_[0].data(), rows, architecture_.inputs}; }

    void forward(std::span<const T> weights, std::span<const std::size_t> shard_rows, std::span<const Dropout> dropout,
                 std::span<const std::uint32_t> samples) {
        cut_into_shards(shard_rows);
        for (std::size_t layer = 0; layer < last_; ++layer) {
            if constexpr (kInPlace) {
                const core::Matrix z = input(layer + 1);
                const auto bias = multiply_by_layer(weights, layer, z);
                bias_relu_dropout_forward(z, bias, dropout_of(dropout, layer), samples);
            } else {
                const core::Matrix z(products_.data(), rows_, architecture_.fan_out(layer));
                const auto bias = multiply_by_layer(weights, layer, z);
                bias_relu_dropout_forward(z, bias, dropout_of(dropout, layer), samples, input(layer + 1));
            }
        }
        multiply_by_layer(weights, last_, logits());
    }

    core::Tally evaluate(std::span<const T> weights, std::span<const std::uint8_t> labels) {
        return softmax_cross_entropy(logits(), floats(layout_.layer(weights, last_).bias), labels);
    }

    void predict(std::span<const T> weights, core::Matrix probabilities, std::span<std::uint8_t> predicted) {
        softmax(logits(), floats(layout_.layer(weights, last_).bias), probabilities, predicted);
    }

    void backward(std::span<const T> weights, std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                  const GradientSink& gradient, std::span<core::Tally> tallies) {
        assert(labels.size() == rows_ && tallies.size() == shards_.size());
        const std::span<const float> bias = floats(layout_.layer(weights, last_).bias);
        add_up(gradient, bias_of(last_), [&](std::size_t shard, std::span<float> dbias) {
            const core::Range rows = shards_[shard];
            tallies[shard] = softmax_cross_entropy_gradient(logits().rows_in(rows), bias,
                                                            labels.subspan(rows.begin, rows.size()), dbias);
        });
        if constexpr (!kInPlace) {
            const std::size_t size = rows_ * architecture_.classes;
            core::narrow(std::as_const(logits_).span().first(size), dz_[last_].span().first(size));
        }
        for (std::size_t layer = last_; true; --layer) {
            kernel_gradient(layer, gradient);
            if (layer > 0) input_gradient(weights, layer, dropout_of(dropout, layer - 1), gradient);
            gradient.layer_done(layer);
            if (layer == 0) break;
        }
    }

  private:
    static constexpr bool kInPlace = std::is_same_v<T, float>;

    static const Dropout& dropout_of(std::span<const Dropout> dropout, std::size_t layer) {
        static const Dropout none;
        return dropout.empty() ? none : dropout[layer];
    }

    /// The rows of a panel of a kernel's gradient: with 512 columns a quarter of a megabyte, so that the panels of a
    /// few shards stay in a core's own cache until they are added up.
    static std::size_t even_panels(std::size_t rows) {
        constexpr std::size_t kMostRows = 128;
        const std::size_t panels = (rows + kMostRows - 1) / kMostRows;
        return (rows + panels - 1) / panels;
    }

    void cut_into_shards(std::span<const std::size_t> shard_rows) {
        shards_.clear();
        rows_ = 0;
        for (const std::size_t rows : shard_rows) {
            shards_.push_back({rows_, rows_ + rows});
            rows_ += rows;
        }
        assert(rows_ * architecture_.inputs <= inputs_[0].size());
    }

    /// What a dense layer takes, [rows, fan_in].
    core::MatrixView<T> input(std::size_t layer) { return {inputs_[layer].data(), rows_, architecture_.fan_in(layer)}; }
    /// Of the last layer, [rows, classes], without bias; from backward() on their gradient.
    core::Matrix logits() { return {logits_.data(), rows_, architecture_.classes}; }
    /// The gradient of what a dense layer gives, [rows, fan_out].
    core::MatrixView<T> dz(std::size_t layer) {
        if constexpr (kInPlace) {
            if (layer == last_) return logits();
        }
        return {dz_[layer].data(), rows_, architecture_.fan_out(layer)};
    }
    core::Range bias_of(std::size_t layer) const {
        const core::Range all = layout_.range_of(layer);
        return {all.end - architecture_.fan_out(layer), all.end};
    }

    std::span<const float> floats(std::span<const T> values) {
        if constexpr (kInPlace) {
            return values;
        } else {
            for (std::size_t i = 0; i < values.size(); ++i) bias_.data()[i] = core::widen(values[i]);
            return bias_.span().first(values.size());
        }
    }

    /// Z = X W, a product for each shard. @return  the layer's bias
    std::span<const float> multiply_by_layer(std::span<const T> weights, std::size_t layer, core::Matrix z) {
        const DenseView<const T> dense = layout_.layer(weights, layer);
        const core::MatrixView<const T> x = input(layer);
        core::multiply(gemm_, x, dense.kernel, z, shards_);
        return floats(dense.bias);
    }

    /// Sums some elements of the flat gradient over the shards of the pass, in tree order.
    /// @param addend  addend(shard, out) writes those of one shard
    template <class Addend>
    void add_up(const GradientSink& gradient, const core::Range& elements, Addend&& addend) {
        const core::RunMerge& merge = gradient.merge;
        assert(merge.leaves.size() == shards_.size());
        const std::size_t needed = (merge.slots - merge.nodes.size()) * elements.size();
        if (scratch_.size() < needed) scratch_ = core::FloatBuffer(needed);
        const auto slot = [&](std::size_t index) {
            if (index < gradient.sums.size()) return gradient.sums[index].subspan(elements.begin, elements.size());
            return scratch_.span().subspan((index - gradient.sums.size()) * elements.size(), elements.size());
        };
        for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
            addend(shard, slot(merge.leaves[shard].slot));
            for (const auto [into, from] : merge.leaves[shard].additions) core::add_to(slot(into), slot(from));
        }
    }

    /// dW = X^T dZ, panel by panel.
    void kernel_gradient(std::size_t layer, const GradientSink& gradient) {
        const std::size_t fan_in = architecture_.fan_in(layer);
        const std::size_t fan_out = architecture_.fan_out(layer);
        const std::size_t offset = layout_.range_of(layer).begin;
        const core::MatrixView<const T> x = input(layer);
        const core::MatrixView<const T> dz_of_layer = dz(layer);
        for (std::size_t begin = 0; begin < fan_in; begin += panel_rows_[layer]) {
            const core::Range panel{begin, std::min(begin + panel_rows_[layer], fan_in)};
            const core::Range elements{offset + panel.begin * fan_out, offset + panel.end * fan_out};
            add_up(gradient, elements, [&](std::size_t shard, std::span<float> dw) {
                core::multiply_transposed_left(gemm_, x.rows_in(shards_[shard]).columns_in(panel),
                                               dz_of_layer.rows_in(shards_[shard]),
                                               core::Matrix(dw.data(), panel.size(), fan_out));
            });
            gradient.between_products();
        }
    }

    /// dX = dZ W^T, then the gradient through the activation of the layer below, and that of its bias.
    void input_gradient(std::span<const T> weights, std::size_t layer, const Dropout& dropout,
                        const GradientSink& gradient) {
        const core::MatrixView<const T> kernel = layout_.layer(weights, layer).kernel;
        const core::MatrixView<const T> a = input(layer);
        const core::MatrixView<const T> dz_of_layer = dz(layer);
        const core::MatrixView<T> below = dz(layer - 1);
        core::Matrix dx(products_.data(), rows_, architecture_.fan_in(layer));
        if constexpr (kInPlace) dx = below;
        core::multiply_transposed_right(gemm_, dz_of_layer, kernel, dx, shards_);
        add_up(gradient, bias_of(layer - 1), [&](std::size_t shard, std::span<float> dbias) {
            const core::Range rows = shards_[shard];
            if constexpr (kInPlace) {
                bias_relu_dropout_backward(dx.rows_in(rows), a.rows_in(rows), dropout, dbias);
            } else {
                bias_relu_dropout_backward(dx.rows_in(rows), a.rows_in(rows), dropout, dbias, below.rows_in(rows));
            }
        });
    }

    Architecture architecture_;
    ParameterLayout layout_;
    std::size_t last_;  ///< layer
    core::Gemm gemm_;
    std::vector<std::size_t> panel_rows_;  ///< of each layer
    std::size_t rows_ = 0;                 ///< of the pass
    std::vector<core::Range> shards_;      ///< of the pass, their rows
    std::vector<core::AlignedBuffer<T>> inputs_;
    std::vector<core::AlignedBuffer<T>> dz_;
    core::FloatBuffer logits_;
    core::FloatBuffer products_;  ///< of one layer; bfloat16 only
    core::FloatBuffer bias_;      ///< of one layer; bfloat16 only
    core::FloatBuffer scratch_;   ///< addends of shards that have no place of their own
};

}  // namespace dropsweep::nn
