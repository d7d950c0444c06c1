#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/tally.hpp"
#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// The forward and backward pass of a multilayer perceptron, with room for the activations of up to `max_rows` rows.
/// It owns no parameters: weights and gradients are flat buffers of the caller, laid out by `layout()`.
/// Everything here is local: no communication.
class Mlp {
  public:
    Mlp(const Architecture& architecture, std::size_t max_rows);

    const ParameterLayout& layout() const { return layout_; }

    /// Where the caller puts the inputs, [rows, inputs], rows <= max_rows.
    core::Matrix inputs(std::size_t rows) { return core::Matrix(inputs_.data(), rows, architecture_.inputs); }

    /// x -> (dense -> ReLU -> dropout) for each hidden layer -> dense, from the rows put into `inputs(rows)`.
    /// @param dropout  one per hidden layer, or empty: no dropout
    /// @param samples  [rows] index of each row in the training set, for the dropout masks; may be empty without
    void forward(std::span<const float> weights, std::size_t rows, std::span<const Dropout> dropout,
                 std::span<const std::uint32_t> samples);

    /// Summed loss and correct predictions of the last forward pass.
    /// @param labels  [rows], each below classes
    core::Tally evaluate(std::span<const float> weights, std::span<const std::uint8_t> labels) const;

    /// Class probabilities, [rows, classes], and most probable class, [rows], of the last forward pass.
    void predict(std::span<const float> weights, core::Matrix probabilities, std::span<std::uint8_t> predicted) const;

    /// The loss as evaluate(), and the gradient of the summed loss with respect to all weights. Consumes the forward
    /// pass.
    /// @param dropout   as given to forward
    /// @param gradient  out: [layout().size()]; all zero when there are no rows
    core::Tally backward(std::span<const float> weights, std::span<const std::uint8_t> labels,
                         std::span<const Dropout> dropout, std::span<float> gradient);

  private:
    core::Matrix output(std::size_t layer, std::size_t rows);
    core::ConstMatrix input(std::size_t layer, std::size_t rows);
    core::ConstMatrix products() const;  ///< of the last layer, without bias

    Architecture architecture_;
    ParameterLayout layout_;
    std::size_t rows_ = 0;  ///< of the last forward pass
    core::FloatBuffer inputs_;
    std::vector<core::FloatBuffer> outputs_;    ///< of each dense layer; activations, or products for the last
    std::vector<core::FloatBuffer> gradients_;  ///< dL/da of each hidden layer
};

}  // namespace dropsweep::nn
