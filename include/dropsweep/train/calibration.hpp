// Measures on the ranks at hand how long the parts of a trial take, for the cost model of the plan.
#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// Measures seconds on the real data with networks that are discarded: no bit of a result changes. All ranks work at
/// the same time, as in a sweep, so that they compete for cores and memory bandwidth. Each method is collective over
/// world and returns the mean over the ranks that take part, equal on all ranks.
class Calibration {
  public:
    /// Collective over world. world, nodes and experiment must outlive this object.
    /// @param nodes  the ranks of each node
    /// @param dropout_rates  every rank trains a network for each; group_step, pair_step and evaluation_block use the
    ///                       first one
    /// @param training_seconds  for all networks together; each is trained for at least two steps
    /// @param budget_seconds  for each measurement, which makes at least two calls
    Calibration(const comm::Communicator& world, const std::vector<std::vector<int>>& nodes,
                const Experiment& experiment, const std::vector<double>& dropout_rates, double training_seconds,
                double budget_seconds);

    /// A step of one rank alone with a batch of `own` leaves.
    /// @param dropout_rate  one of dropout_rates
    double lone_step(double dropout_rate, std::size_t own) const;
    /// A step of a group of this many ranks of one node. The last ranks of a node that are too few for a group only
    /// wait.
    /// @param ranks  2 <= ranks <= experiment.leaves(), and some node has as many
    double group_step(int ranks) const;
    /// A step of a group of two ranks on different nodes. Nodes and ranks without a partner only wait. At least two
    /// leaves.
    double pair_step() const;
    /// A block of kEvaluationRows samples of an evaluation.
    double evaluation_block() const;
    /// The SHA-256 of the weights.
    double hash() const;

  private:
    struct Network {
        double dropout_rate = 0;
        linalg::FloatBuffer weights;
    };
    struct Budget {
        double seconds = 0;
        double most_calls = 0;
    };
    Network trained(double dropout_rate, double seconds) const;
    Experiment experiment_of(const Network& network, std::size_t leaves) const;
    double measure_steps(const comm::Communicator& group, const Network& network, std::size_t leaves,
                         bool takes_part) const;
    template <class Trainer>
    double run_steps(Trainer& trainer, const Experiment& experiment, double dropout_rate, const Budget& budget,
                     bool takes_part) const;
    template <class Work>
    double measure(Work&& work, const Budget& budget, bool takes_part) const;

    const comm::Communicator& world_;
    const std::vector<std::vector<int>>& nodes_;
    std::size_t own_node_ = 0;
    std::size_t place_ = 0;  ///< index of this rank in nodes_[own_node_]
    const Experiment& experiment_;
    Budget budget_;
    std::vector<Network> networks_;  ///< one for each dropout rate
};

}  // namespace dropsweep::train
