#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// What the parts of a trial take on the ranks at hand, measured on the real data with networks that are thrown away:
/// no bit of a result can change. All ranks work at the same time, as in a sweep, so that shared cores and shared
/// memory bandwidth count; what is returned is the mean over the ranks, equal on all of them. The methods are
/// collective over world.
class Calibration {
  public:
    /// @param world  must outlive this object, like the nodes and the experiment
    /// @param nodes  the ranks of each
    /// @param dropout_rates  for each of which a network is trained, on each rank; the first is that of group_step,
    ///                       pair_step and evaluation_block
    /// @param training_seconds  for all of them; two steps are made in any case
    /// @param budget_seconds  that each measurement may take, likewise
    Calibration(const comm::Communicator& world, const std::vector<std::vector<int>>& nodes,
                const Experiment& experiment, const std::vector<double>& dropout_rates, double training_seconds,
                double budget_seconds);

    /// Seconds of a step of one rank that has the first `own` leaves of a batch and updates all weights.
    /// @param dropout_rate  one of dropout_rates
    double lone_step(double dropout_rate, std::size_t own) const;
    /// Seconds of a step of a group of a node; ranks of a node that are too few for another group look on.
    /// @param ranks  from 2 to the leaves
    double group_step(int ranks) const;
    /// Seconds of a step of two ranks of two nodes; nodes and ranks without a partner look on. At least two leaves.
    double pair_step() const;
    /// Seconds of a block of kEvaluationRows samples of an evaluation.
    double evaluation_block() const;
    /// Seconds of the SHA-256 of the weights.
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
    std::size_t place_ = 0;  ///< of this rank on its node
    const Experiment& experiment_;
    Budget budget_;
    std::vector<Network> networks_;  ///< of each rate
};

}  // namespace dropsweep::train
