#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/train/result.hpp"
#include "dropsweep/train/rules.hpp"

namespace dropsweep::train {

/// Rows that are multiplied at once in an evaluation. Fixed, so that the figures depend neither on the ranks nor on the
/// size of the leaves.
inline constexpr std::size_t kEvaluationRows = 256;

/// Loss and accuracy of a set without dropout. The blocks of kEvaluationRows samples are divided among the ranks and
/// summed by the ordered reduction over block numbers. Collective over the group; equal on all of its ranks.
/// @param mlp  with room for kEvaluationRows rows
/// @param predicted  out: [samples] most probable class; empty: they are not wanted
template <class Products>
Evaluation evaluate(const comm::Communicator& group, nn::Mlp<Products>& mlp,
                    typename nn::Mlp<Products>::Weights weights, const data::Samples& samples,
                    std::span<std::uint8_t> predicted = {});

/// What a model makes of some samples.
struct Predictions {
    Evaluation evaluation;                ///< against the samples' labels; the very figures of evaluate()
    std::vector<std::uint8_t> predicted;  ///< [samples] most probable class
    linalg::FloatBuffer probabilities;    ///< [samples, classes]
};

/// Runs a model on samples. Local: no communication.
/// @param configuration, rules  those of the model's training give the very figures of evaluate() there
/// @param samples  at least one, of architecture.inputs features, labels below architecture.classes <= 256
Predictions predict(const nn::Architecture& architecture, const linalg::GemmConfiguration& configuration, Rules rules,
                    std::span<const float> weights, const data::Samples& samples);

}  // namespace dropsweep::train
