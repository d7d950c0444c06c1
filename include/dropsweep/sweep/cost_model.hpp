#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/sweep/setting.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::sweep {

/// What the parts of a trial take: a plain value.
struct CostModel {
    /// Seconds of a step of one rank that has the first or all of the leaves of a batch and updates all weights.
    struct LoneStep {
        double one_leaf = 0;
        double all_leaves = 0;
        /// Linear in the leaves. @param own  of `all` leaves of a batch
        double seconds(std::size_t own, std::size_t all) const;
    };
    std::size_t leaves = 1;            ///< of a batch
    std::map<double, LoneStep> steps;  ///< by dropout rate: the more activations are zero, the less is to be done
    /// Seconds that a step of a group takes longer than that of a lone rank with as many leaves as the group's busiest
    /// rank has: exchange and waiting, less what is saved where each rank updates its slice alone. By ranks of a node.
    std::map<int, double> exchanges;
    double block_seconds = 0;  ///< of a block of an evaluation
    double hash_seconds = 0;   ///< of all weights
    double steps_per_epoch = 0;
    std::size_t validation_blocks = 0;
    std::size_t test_blocks = 0;

    /// What is between nodes. Groups that lie on several pay for it.
    struct Interconnect {
        Network network;
        StepExchange exchange;
        int ranks_on_a_link = 1;  ///< when all ranks of a node talk to other nodes at once
    };
    std::optional<Interconnect> interconnect;
    std::vector<int> nodes;  ///< of each rank, see make_plan

    /// Between the rates that were measured it is linear; beyond them it stays.
    LoneStep lone_step(double dropout) const;
    /// Of a group. Between its leaves and its sizes that were measured: linear in the leaves, and as
    /// (ranks - 1) / ranks, the part of the gradient that a rank sends and receives.
    /// @param ranks_on_nodes  of the group, on each of its nodes
    double step_seconds(double dropout, std::span<const int> ranks_on_nodes) const;
    /// Steps, validation, and the hashes that compare the weights and seal the checkpoint (of twice their size).
    double epoch_seconds(double dropout, std::span<const int> ranks_on_nodes) const;
    /// After the last epoch: test and the hash of what is kept.
    double end_seconds(int ranks) const;
    /// Whether at every rate two ranks of two nodes make a step in less than nine tenths of the time of one, while all
    /// other ranks do the same in pairs. What they win is little otherwise, and what they take from the links of others
    /// is not.
    bool pays_across_nodes() const;
};

/// A measured step as it can be: one leaf takes at least its share of all and no more than all. What says otherwise is
/// what else the machine did. Local: no communication.
CostModel::LoneStep plausible(const CostModel::LoneStep& step, std::size_t leaves);

/// What the ranks of a group exchange in each step of this model. Local: no communication.
StepExchange exchange_of(const train::Experiment& experiment);

/// Measures with all ranks at once, in about a second, or in ten steps of each kind where these take longer.
/// Groups on one node, and where there are several, pairs of ranks of two: from these follows the bandwidth that
/// all pairs of a node have together. Collective over world; equal on all of its ranks.
/// @param dropout_rates  of lone steps, ascending; all else is measured with the first
/// @param share  of that second
CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment,
                        const std::vector<double>& dropout_rates, double share = 1);

/// What the costs of one experiment let expect of another on the same data: all that is computed goes by the number of
/// parameters, and steps are linear in their leaves. Local: no communication.
CostModel scaled(CostModel costs, const train::Experiment& measured, const train::Experiment& other);

/// Of each experiment. Those with the fewest and the most parameters are measured, and one between them; the others are
/// scaled from that of the nearest size. Takes as long as one measurement. Collective over world.
ByChoices<CostModel> measure_all_costs(const comm::Communicator& world, const ByChoices<train::Experiment>& experiments,
                                       const std::vector<double>& dropout_rates);

}  // namespace dropsweep::sweep
