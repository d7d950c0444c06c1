#pragma once

#include <algorithm>
#include <array>
#include <variant>

#include "dropsweep/nn/mlp.hpp"

namespace dropsweep::nn {

/// Puts floats where the network finds its inputs, in the form that its products take.
inline void put_inputs(std::span<const float> x, std::size_t rows, Mlp& mlp) {
    const auto put = [&](const auto& inputs) {
        for (std::size_t i = 0; i < x.size(); ++i) core::narrow(x[i], inputs.data[i]);
    };
    std::visit(put, mlp.inputs(rows));
}

/// A backward pass over all rows as one shard.
inline core::Tally backward_of_one_shard(Mlp& mlp, const Weights& weights, std::span<const std::uint8_t> labels,
                                         std::span<const Dropout> dropout, std::span<float> gradient) {
    const core::RunMerge merge(1, {0, 1});
    std::array<core::Tally, 1> tally;
    mlp.backward(weights, labels, dropout, {merge, std::array{gradient}}, tally);
    return tally.front();
}

}  // namespace dropsweep::nn
