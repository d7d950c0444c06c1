#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/matrix.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::train {

/// Rows that are multiplied at once in an evaluation. Fixed, so that the figures depend neither on the ranks nor on the
/// size of the leaves.
inline constexpr std::size_t kEvaluationRows = 256;

/// Puts samples where the network finds its inputs, in the form that its products take.
/// @param labels  out: [chosen.size()]
void gather_inputs(const data::Samples& samples, std::span<const std::uint32_t> chosen, nn::Mlp& mlp,
                   std::span<std::uint8_t> labels);

/// Loss and accuracy of a set without dropout. The blocks of kEvaluationRows samples are divided among the ranks and
/// summed by the ordered reduction over block numbers. Collective over the group; equal on all of its ranks.
/// @param mlp  with room for kEvaluationRows rows
Evaluation evaluate(const comm::Communicator& group, nn::Mlp& mlp, const nn::Weights& weights,
                    const data::Samples& samples);

/// What a model makes of some samples.
struct Predictions {
    Evaluation evaluation;                ///< against the samples' labels; the very figures of evaluate()
    std::vector<std::uint8_t> predicted;  ///< [samples] most probable class
    core::FloatBuffer probabilities;      ///< [samples, classes]
};

/// Runs a model on samples. Local: no communication.
/// @param arithmetic  that of the model's training gives the very figures of evaluate() there
/// @param samples  at least one, of architecture.inputs features, labels below architecture.classes <= 256
Predictions predict(const nn::Architecture& architecture, const core::Arithmetic& arithmetic,
                    std::span<const float> weights, const data::Samples& samples);

}  // namespace dropsweep::train
