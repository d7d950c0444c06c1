#include "dropsweep/train/evaluation.hpp"

#include <vector>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/data/batches.hpp"

namespace dropsweep::train {

Evaluation evaluate(const comm::Communicator& group, nn::Mlp& mlp, std::span<const float> weights,
                    const data::Samples& samples) {
    const std::vector<std::uint32_t> order = data::file_order(samples.size());
    const data::Batches blocks(order, kEvaluationRows);
    const core::Range own =
        core::part_of(blocks.count(), static_cast<std::size_t>(group.size()), static_cast<std::size_t>(group.rank()));
    std::vector<std::uint8_t> labels(kEvaluationRows);
    std::vector<core::Tally> tallies;
    for (std::size_t b = own.begin; b < own.end; ++b) {
        const std::span<const std::uint32_t> block = blocks[b];
        const std::span<std::uint8_t> block_labels = std::span(labels).first(block.size());
        data::gather(samples, block, mlp.inputs(block.size()), block_labels);
        mlp.forward(weights, block.size(), {}, {});
        tallies.push_back(mlp.evaluate(weights, block_labels));
    }
    const core::Tally total = comm::ordered_sum(group, tallies, blocks.count());
    const auto count = static_cast<double>(samples.size());
    return {total.loss / count, static_cast<double>(total.correct) / count};
}

}  // namespace dropsweep::train
