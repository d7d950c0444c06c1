// Loss, accuracy and predictions of a model on a set of samples, without dropout.
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

/// Rows of a forward pass in an evaluation. Fixed, so that the results depend on neither ranks nor leaves.
inline constexpr std::size_t kEvaluationRows = 256;

/// Loss and accuracy. The ranks share out blocks of kEvaluationRows samples; the losses are added by the tree over
/// block numbers (comm::OrderedSum). Collective over the group; the same bits on all ranks and for any group.
/// @param mlp        with max_rows >= kEvaluationRows
/// @param samples    at least one
/// @param predicted  out: [samples] most probable class; may be empty: not computed
template <class Products>
Evaluation evaluate(const comm::Communicator& group, nn::Mlp<Products>& mlp,
                    typename nn::Mlp<Products>::Weights weights, const data::Samples& samples,
                    std::span<std::uint8_t> predicted = {});

/// The predictions of a model for a set of samples.
struct Predictions {
    Evaluation evaluation;                ///< the same bits as those of evaluate()
    std::vector<std::uint8_t> predicted;  ///< [samples] most probable class
    linalg::FloatBuffer probabilities;    ///< [samples, classes]
};

/// Applies a model to samples. Local: no communication.
/// @param configuration, rules  those of the training, for the same bits as evaluate() there
/// @param weights  [parameters], flat, as in a model file
/// @param samples  at least one, with architecture.inputs features and labels below architecture.classes
Predictions predict(const nn::Architecture& architecture, const linalg::GemmConfiguration& configuration, Rules rules,
                    std::span<const float> weights, const data::Samples& samples);

}  // namespace dropsweep::train
