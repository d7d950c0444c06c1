// Repeats training steps of a trial on other ranks, with checksums of their results, to verify them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/train/dropout_rates.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// Checksums of the results of one rank in one step. They depend on the step and the part of it only, not on the rank
/// that computes it.
struct StepEvidence {
    std::uint64_t gradients = 0;  ///< partial sums of the rank's leaves, and their losses
    std::uint64_t weights = 0;    ///< of the rank's slices after the update
    std::uint64_t moments = 0;    ///< of the optimizer, for the same slices
    bool operator==(const StepEvidence&) const = default;
};

/// The state of a trial between two steps, on one rank of its group.
struct StepState {
    linalg::FloatBuffer weights;  ///< all weights in the padded layout, equal on all ranks
    linalg::FloatBuffer moments;  ///< of the optimizer, for the rank's slices, one layer after the other
};

/// Identifies consecutive steps of one epoch of a trial.
struct Steps {
    DropoutRates dropout;
    std::uint64_t seed = 0;
    std::uint32_t epoch = 0;
    std::uint64_t begin = 0;  ///< the first step, from 0
    std::uint64_t count = 0;
};

/// Repeats steps of trials of an experiment with ranks of its own.
class StepRepeater {
  public:
    /// Collective over the ranks.
    /// @param ranks        rank r computes part r of each step
    /// @param experiment   must outlive this object
    /// @param disturbance  faults injected into the steps; nullptr: none. Must outlive this object
    StepRepeater(comm::Communicator ranks, const Experiment& experiment, Disturbance* disturbance = nullptr);
    StepRepeater(StepRepeater&&) noexcept;
    ~StepRepeater();

    /// A StepState of the size for this rank's part. Local.
    StepState make_state() const;
    /// Repeats the steps. Collective over the ranks.
    /// @param weights, moments  as in StepState, before the first step
    /// @return  [parts, steps], equal on all ranks
    std::vector<StepEvidence> repeat(const Steps& steps, std::span<const float> weights,
                                     std::span<const float> moments);

  private:
    class Work;
    template <class Products>
    class WorkOf;
    std::unique_ptr<Work> work_;
};

/// Ranks that can repeat the steps of a group. In each turn another rank computes a given part; turn 0 is the original
/// computation.
class Repeaters {
  public:
    virtual ~Repeaters() = default;
    /// The period of the turns: ranks that compute a part in turn, its owner included.
    virtual int count() const = 0;
    /// The world rank that computes a part in a turn; in turn 0 its owner.
    virtual int rank_of(int part, int turn) const = 0;
    /// Requests a repetition. Collective over the group.
    /// @param start  this rank's state before the first step
    virtual void ask(int turn, const Steps& steps, const StepState& start) = 0;
    /// Whether answer() would not block. Equal on all ranks of the group.
    virtual bool has_answer() = 0;
    /// Waits for the results of the last ask(). Collective over the group.
    /// @return  [parts, steps], equal on all ranks
    virtual std::vector<StepEvidence> answer() = 0;
};

}  // namespace dropsweep::train
