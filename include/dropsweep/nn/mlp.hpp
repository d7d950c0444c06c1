#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "dropsweep/core/bfloat16.hpp"
#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/product.hpp"
#include "dropsweep/core/reduction_tree.hpp"
#include "dropsweep/core/tally.hpp"
#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// A flat buffer of all weights in the form that the products take: float32, or bfloat16 for Precision::bf16.
using Weights = std::variant<std::span<const float>, std::span<const core::BFloat16>>;

/// Where a backward pass puts the gradient of the summed loss.
struct GradientSink {
    const core::RunMerge& merge;             ///< how the shards of the pass are added up
    std::span<const std::span<float>> sums;  ///< out: one flat buffer for each node of `merge`
    /// Called once for each layer, the last one first, when its part of `sums` is there and its weights are no longer
    /// needed.
    std::function<void(std::size_t layer)> layer_done = [](std::size_t) {};
    /// Called now and then between products.
    std::function<void()> between_products = [] {};
};

/// The forward and backward pass of a multilayer perceptron over the rows of one or several shards, with room for the
/// activations of up to `max_rows` rows. Each shard has matrix products of its own, the same whatever other shards are
/// in the pass; the gradients of the shards are added up in tree order, panel by panel, while they are in the cache.
/// It owns no parameters: weights and gradients are flat buffers of the caller, laid out by `layout()`.
/// Everything here is local: no communication.
class Mlp {
  public:
    /// @param arithmetic  of all products
    /// @param shards      of the trial; with more than one, a kernel's gradient is multiplied in panels of about 128
    /// rows
    Mlp(const Architecture& architecture, std::size_t max_rows, const core::Arithmetic& arithmetic = {},
        std::size_t shards = 1);
    ~Mlp();
    Mlp(Mlp&&) noexcept;

    const ParameterLayout& layout() const { return layout_; }

    /// Where the caller puts the inputs, [rows, inputs], rows <= max_rows.
    std::variant<core::Matrix, core::Bf16Matrix> inputs(std::size_t rows);

    /// x -> (dense -> ReLU -> dropout) for each hidden layer -> dense, from the rows put into `inputs(rows)`.
    /// @param shard_rows  [shards] the rows of each shard of the pass; their sum is rows
    /// @param dropout     one per hidden layer, or empty: no dropout
    /// @param samples     [rows] index of each row in the training set, for the dropout masks; may be empty without
    void forward(const Weights& weights, std::span<const std::size_t> shard_rows, std::span<const Dropout> dropout,
                 std::span<const std::uint32_t> samples);

    /// Summed loss and correct predictions of the last forward pass, over all of its rows.
    /// @param labels  [rows], each below classes
    core::Tally evaluate(const Weights& weights, std::span<const std::uint8_t> labels);

    /// Class probabilities, [rows, classes], and most probable class, [rows], of the last forward pass.
    void predict(const Weights& weights, core::Matrix probabilities, std::span<std::uint8_t> predicted);

    /// The gradient of the summed loss with respect to all weights, and the loss of each shard. Consumes the forward
    /// pass.
    /// @param dropout   as given to forward
    /// @param gradient  one leaf of its merge for each shard of the pass
    /// @param tallies   out: [shards] loss and correct predictions of each
    void backward(const Weights& weights, std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                  const GradientSink& gradient, std::span<core::Tally> tallies);

  private:
    template <class T>
    class Pass;
    template <class Work>
    auto with_pass(const Weights& weights, Work&& work);

    ParameterLayout layout_;
    std::variant<std::unique_ptr<Pass<float>>, std::unique_ptr<Pass<core::BFloat16>>> pass_;
};

}  // namespace dropsweep::nn
