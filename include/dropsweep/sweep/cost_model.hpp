// A cost model of trials: seconds of steps, epochs and evaluations for any group of ranks, from measurements.
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

/// All seconds are wall time. Local: no communication.
struct CostModel {
    /// A step of one rank alone, which updates all weights, with one leaf of a batch and with all.
    struct LoneStep {
        double one_leaf = 0;
        double all_leaves = 0;
        /// With `own` of `all` leaves, by linear interpolation.
        double seconds(std::size_t own, std::size_t all) const;
    };
    std::size_t leaves = 1;            ///< of a full batch
    std::map<double, LoneStep> steps;  ///< by dropout rate, since products skip zero activations; not empty
    /// By the number of ranks of a group on one node: the time of its step minus that of a rank alone with as many
    /// leaves as the group's busiest rank. It is the exchange and waiting, minus what the ranks save by updating one
    /// slice each.
    std::map<int, double> exchanges;
    double block_seconds = 0;  ///< of an evaluation, for train::kEvaluationRows samples
    double hash_seconds = 0;   ///< SHA-256 of all weights
    double steps_per_epoch = 0;
    std::size_t validation_blocks = 0;
    std::size_t test_blocks = 0;

    /// The network between nodes, which a group on several nodes uses.
    struct Interconnect {
        Network network;
        StepExchange exchange;
        int ranks_on_a_link = 1;  ///< ranks of a node that exchange with other nodes at the same time
    };
    std::optional<Interconnect> interconnect;
    std::vector<int> nodes;  ///< [ranks] as for make_plan

    /// Linear between the measured rates, constant beyond them.
    LoneStep lone_step(double dropout) const;
    /// A step of a group: lone step with the leaves of the busiest rank, plus `exchanges` scaled from the nearest
    /// measured size by (ranks - 1) / ranks, the part of the gradient that a rank exchanges, plus the network.
    /// @param ranks_on_nodes  of the group, on each of its nodes
    double step_seconds(double dropout, std::span<const int> ranks_on_nodes) const;
    /// Steps, validation, and the hashes of the weights and of the checkpoint, which is taken to have twice their size.
    double epoch_seconds(double dropout, std::span<const int> ranks_on_nodes) const;
    /// After the last epoch: evaluation of the test set, and the hash of the model.
    double end_seconds(int ranks) const;
    /// Whether at every rate a step of two ranks on different nodes takes at most 0.9 of the time of one rank alone,
    /// while all other ranks do the same in pairs. A smaller gain is not worth the load on the links of other groups.
    bool pays_across_nodes() const;
};

/// Clamps the time of one leaf to [all_leaves / leaves, all_leaves]: what is outside is noise of the measurement.
/// Local: no communication.
CostModel::LoneStep plausible(const CostModel::LoneStep& step, std::size_t leaves);

/// The exchange of a step of this model. Local: no communication.
StepExchange exchange_of(const train::Experiment& experiment);

/// Measures costs with all ranks at once, for about a second, or ten steps of each kind where these take longer. Groups
/// are measured within nodes; with several nodes, pairs of ranks on two nodes give the bandwidth of a node's link.
/// Collective over world; equal on all ranks.
/// @param dropout_rates  of the lone steps, ascending; all else is measured with the first one
/// @param share  fraction of the second to use
CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment,
                        const std::vector<double>& dropout_rates, double share = 1);

/// Estimates the costs of another experiment on the same data: proportional to the number of parameters, and steps
/// linear in the leaves. Local: no communication.
/// @param measured  the experiment of `costs`
CostModel scaled(CostModel costs, const train::Experiment& measured, const train::Experiment& other);

/// The costs of each experiment. Measures those with the fewest, the median and the most parameters, and scales the
/// others from the nearest of these. Takes as long as one measure_costs. Collective over world; equal on all ranks.
ByChoices<CostModel> measure_all_costs(const comm::Communicator& world, const ByChoices<train::Experiment>& experiments,
                                       const std::vector<double>& dropout_rates);

}  // namespace dropsweep::sweep
