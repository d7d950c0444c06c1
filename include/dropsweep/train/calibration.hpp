#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/train/trainer.hpp"

namespace dropsweep::train {

/// What the parts of a trial take on the ranks at hand, measured on the real data with networks that are thrown away:
/// no bit of a result can change. All ranks work at the same time, as in a sweep, so that shared cores and shared
/// memory bandwidth count; what is returned is the mean over the ranks, equal on all of them. The methods are
/// collective over world.
class Calibration {
  public:
    /// @param world  must outlive this object, like the nodes and the experiment
    /// @param nodes  the ranks of each
    /// @param dropout_rate  of the steps
    /// @param budget_seconds  that each measurement may take; two steps are made in any case
    Calibration(const comm::Communicator& world, const std::vector<std::vector<int>>& nodes,
                const Experiment& experiment, double dropout_rate, double budget_seconds);

    /// Seconds of a step of one rank that has `own` of the `shards` equal shards of a batch and updates all weights.
    double lone_step(std::size_t own, std::size_t shards) const;
    /// Seconds of a step of a group of a node; ranks of a node that are too few for another group look on.
    /// @param ranks  from 2 to shards
    double group_step(int ranks, std::size_t shards) const;
    /// Seconds of a step of two ranks of two nodes; nodes and ranks without a partner look on.
    /// @param shards  at least 2
    double pair_step(std::size_t shards) const;
    /// Seconds of a block of kEvaluationRows samples of an evaluation.
    double evaluation_block() const;
    /// Seconds of the SHA-256 of the weights.
    double hash() const;

  private:
    Experiment with_shards(std::size_t shards, std::size_t batch_size) const;
    double measure_steps(const comm::Communicator& group, const Experiment& experiment, bool takes_part) const;
    template <class Work>
    double measure(Work&& work, bool takes_part) const;

    const comm::Communicator& world_;
    const std::vector<std::vector<int>>& nodes_;
    std::size_t own_node_ = 0;
    std::size_t place_ = 0;  ///< of this rank on its node
    const Experiment& experiment_;
    double dropout_rate_;
    double budget_seconds_;
    std::vector<float> weights_;  ///< of all networks
};

}  // namespace dropsweep::train
