// A network on plain vectors, whose batches are single leaves.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/nn/mlp.hpp"

#include "../support/padded_matrix.hpp"

namespace dropsweep::nn {

/// Puts floats where the network finds its inputs, in the form that its products take.
/// @param x  [rows, inputs]
template <class Products>
void put_inputs(std::span<const float> x, std::size_t rows, Mlp<Products>& mlp) {
    using Element = typename Products::Element;
    const linalg::SparseMatrix<Element> inputs = mlp.inputs(rows);
    testing_support::PaddedMatrix<Element> twin(rows, inputs.values.columns, x);
    std::copy_n(twin.values().data, rows * inputs.values.stride, inputs.values.data);
    std::ranges::copy(twin.nonzeros().all(), inputs.nonzeros.words);
}

/// Weights as the network takes them.
/// @param dense  without gaps, laid out as ParameterLayout(architecture)
template <class Products>
linalg::AlignedBuffer<typename Products::Element> padded_weights(const Architecture& architecture,
                                                                 const Mlp<Products>& mlp,
                                                                 std::span<const float> dense) {
    linalg::FloatBuffer padded(mlp.layout().size());
    copy_parameters(ParameterLayout(architecture), dense, mlp.layout(), padded.span());
    linalg::AlignedBuffer<typename Products::Element> weights(padded.size());
    linalg::narrow(std::span<const float>(padded.span()), weights.span());
    return weights;
}

/// A network whose batches are single leaves, and whose parameters have no gaps.
template <class Products = linalg::SparseProducts>
class OneLeaf {
  public:
    OneLeaf(const Architecture& architecture, std::size_t max_rows, Loss loss = Loss::from_logits)
        : architecture_(architecture), dense_(architecture), mlp_(architecture, max_rows, loss) {}

    /// @param x  [rows, inputs]
    void forward(std::span<const float> weights, std::span<const float> x, std::size_t rows,
                 std::span<const Dropout> dropout, std::span<const std::uint32_t> samples) {
        weights_ = padded_weights(architecture_, mlp_, weights);
        put_inputs(x, rows, mlp_);
        mlp_.forward(weights_.span(), std::array{rows}, dropout, samples);
    }

    linalg::LossAndCorrect evaluate(std::span<const std::uint8_t> labels) {
        return mlp_.evaluate(weights_.span(), labels);
    }

    /// @param gradient  out: laid out as the weights
    linalg::LossAndCorrect backward(std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                                    std::span<float> gradient) {
        linalg::FloatBuffer padded(mlp_.layout().size());
        // All of it has to be written.
        const std::vector<float> unwritten(dense_.size(), std::nanf(""));
        copy_parameters(dense_, unwritten, mlp_.layout(), padded.span());
        const linalg::LocalReductionPlan plan(1, {0, 1});
        std::array<linalg::LossAndCorrect, 1> loss_and_correct;
        std::size_t layers_to_come = architecture_.layers();
        const auto on_layer = [&](std::size_t layer) { EXPECT_EQ(layer, --layers_to_come) << "the last layer first"; };
        mlp_.backward(weights_.span(), labels, dropout, {plan, std::array{padded.span()}, on_layer}, loss_and_correct);
        EXPECT_EQ(layers_to_come, 0u);
        copy_parameters(mlp_.layout(), padded.span(), dense_, gradient);
        return loss_and_correct.front();
    }

  private:
    Architecture architecture_;
    ParameterLayout dense_;
    Mlp<Products> mlp_;
    linalg::AlignedBuffer<typename Products::Element> weights_;
};

}  // namespace dropsweep::nn
