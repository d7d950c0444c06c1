#include "dropsweep/train/evaluation.hpp"

#include <array>
#include <utility>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/data/batches.hpp"

namespace dropsweep::train {
namespace {

/// Sends the blocks of `samples` whose numbers are in `chosen` through the network. After each forward pass `visit`
/// gets the rows of the block and their labels.
template <class Visit>
void for_each_block(nn::Mlp& mlp, const nn::Weights& weights, const data::Samples& samples, const data::Batches& blocks,
                    core::Range chosen, Visit&& visit) {
    std::vector<std::uint8_t> labels(kEvaluationRows);
    for (std::size_t b = chosen.begin; b < chosen.end; ++b) {
        const std::span<const std::uint32_t> block = blocks[b];
        const std::span<std::uint8_t> block_labels = std::span(labels).first(block.size());
        gather_inputs(samples, block, mlp, block_labels);
        mlp.forward(weights, std::array{block.size()}, {}, {});
        visit(core::Range{block.front(), block.front() + block.size()}, block_labels);
    }
}

Evaluation divide(const core::Tally& total, std::size_t samples) {
    const auto count = static_cast<double>(samples);
    return {total.loss / count, static_cast<double>(total.correct) / count};
}

}  // namespace

void gather_inputs(const data::Samples& samples, std::span<const std::uint32_t> chosen, nn::Mlp& mlp,
                   std::span<std::uint8_t> labels) {
    std::visit([&](const auto& inputs) { data::gather(samples, chosen, inputs, labels); }, mlp.inputs(chosen.size()));
}

Evaluation evaluate(const comm::Communicator& group, nn::Mlp& mlp, const nn::Weights& weights,
                    const data::Samples& samples) {
    const std::vector<std::uint32_t> order = data::file_order(samples.size());
    const data::Batches blocks(order, kEvaluationRows);
    const core::Range own =
        core::part_of(blocks.count(), static_cast<std::size_t>(group.size()), static_cast<std::size_t>(group.rank()));
    std::vector<core::Tally> tallies;
    for_each_block(mlp, weights, samples, blocks, own, [&](core::Range, std::span<const std::uint8_t> labels) {
        tallies.push_back(mlp.evaluate(weights, labels));
    });
    return divide(comm::OrderedSum(group, blocks.count())(tallies), samples.size());
}

Predictions predict(const nn::Architecture& architecture, const core::Arithmetic& arithmetic,
                    std::span<const float> float_weights, const data::Samples& samples) {
    nn::Mlp mlp(architecture, kEvaluationRows, arithmetic);
    nn::Weights weights = float_weights;
    core::AlignedBuffer<core::BFloat16> narrowed;
    if (arithmetic.precision == core::Precision::bf16) {
        narrowed = core::AlignedBuffer<core::BFloat16>(float_weights.size());
        core::narrow(float_weights, narrowed.span());
        weights = std::as_const(narrowed).span();
    }
    Predictions predictions{.evaluation = {},
                            .predicted = std::vector<std::uint8_t>(samples.size()),
                            .probabilities = core::FloatBuffer(samples.size() * architecture.classes)};
    std::vector<core::Tally> tallies;
    const auto take = [&](core::Range rows, std::span<const std::uint8_t> labels) {
        const core::Matrix probabilities(predictions.probabilities.data() + rows.begin * architecture.classes,
                                         rows.size(), architecture.classes);
        tallies.push_back(mlp.evaluate(weights, labels));
        mlp.predict(weights, probabilities, std::span(predictions.predicted).subspan(rows.begin, rows.size()));
    };
    const std::vector<std::uint32_t> order = data::file_order(samples.size());
    const data::Batches blocks(order, kEvaluationRows);
    for_each_block(mlp, weights, samples, blocks, {0, blocks.count()}, take);
    predictions.evaluation = divide(comm::ordered_sum(std::move(tallies)), samples.size());
    return predictions;
}

}  // namespace dropsweep::train
