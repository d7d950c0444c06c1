#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/train/trainer.hpp"

namespace dropsweep::sweep {

/// What the parts of a trial take: a plain value.
struct CostModel {
    /// Seconds of a step of one rank that has the first or all of the shards of a batch and updates all weights.
    struct LoneStep {
        double one_shard = 0;
        double all_shards = 0;
    };
    std::map<std::size_t, LoneStep> steps;  ///< by shards
    /// Seconds that a step of a group takes longer than that of a lone rank with as many shards as the group's busiest
    /// rank has: exchange and waiting, less what is saved where each rank updates its slice alone. By ranks.
    std::map<int, double> exchanges;
    double block_seconds = 0;  ///< of a block of an evaluation
    double hash_seconds = 0;   ///< of all weights
    double steps_per_epoch = 0;
    std::size_t validation_blocks = 0;
    std::size_t test_blocks = 0;

    /// Nodes that a group of more than `ranks_per_node` ranks has to reach over.
    struct Nodes {
        int ranks_per_node = 1;
        Network network;
        StepExchange exchange;  ///< its shards are set by the plan
    };
    std::optional<Nodes> nodes;

    /// Of a group of `ranks` ranks. Between its shards and its sizes that were measured: linear in the shards, and as
    /// (ranks - 1) / ranks, the part of the gradient that a rank sends and receives.
    /// @param shards  among those of `steps`
    double step_seconds(std::size_t shards, int ranks) const;
    /// Steps, validation, and the hashes that compare the weights and seal the checkpoint (of twice their size).
    double epoch_seconds(std::size_t shards, int ranks) const;
    /// After the last epoch: test and the hash of what is kept.
    double end_seconds(int ranks) const;
};

/// Measured steps as they can be: more shards never make a batch cheaper, and one of them takes at least its share of
/// all and no more than all. What says otherwise is what else the machine did. Local: no communication.
std::map<std::size_t, CostModel::LoneStep> plausible(std::map<std::size_t, CostModel::LoneStep> steps);

/// Measures with all ranks at once, in about half a second, or in ten steps of each kind where these take longer.
/// Collective over world; equal on all of its ranks.
/// @param dropout_rate  that stands for all of the sweep
/// @param shards  numbers of shards that are candidates, ascending; groups are measured up to the last of them
CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment, double dropout_rate,
                        std::span<const std::size_t> shards);

}  // namespace dropsweep::sweep
