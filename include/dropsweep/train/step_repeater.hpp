#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/train/dropout_rates.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// What a step on one rank came to, as checksums: the same for whoever has the same part of the same step.
struct StepEvidence {
    std::uint64_t gradients = 0;  ///< of the own leaves, and their loss
    std::uint64_t weights = 0;    ///< of the own slices
    std::uint64_t moments = 0;    ///< likewise, of the optimizer
    bool operator==(const StepEvidence&) const = default;
};

/// A trial between two steps, on one rank of its group.
struct StepState {
    linalg::FloatBuffer weights;  ///< [padded], equal on all ranks
    linalg::FloatBuffer moments;  ///< of the optimizer: of the own slices, one layer after the other
};

/// Some steps of one epoch of a trial.
struct Steps {
    DropoutRates dropout;
    std::uint64_t seed = 0;
    std::uint32_t epoch = 0;
    std::uint64_t begin = 0;  ///< from 0
    std::uint64_t count = 0;
};

/// Makes steps again that others have made.
class StepRepeater {
  public:
    /// Collective over the ranks.
    /// @param ranks       of which each has the part of its number
    /// @param experiment  outlives this object
    StepRepeater(comm::Communicator ranks, const Experiment& experiment);
    StepRepeater(StepRepeater&&) noexcept;
    ~StepRepeater();

    /// Called with what each step works on, as TrialObserver::disturb is.
    void set_disturbance(std::function<void(const StepProgress&, Memory, std::span<std::byte>)> disturb);

    /// Room for the state of this rank's part.
    StepState make_state() const;
    /// Collective over the ranks.
    /// @param weights, moments  as in StepState: before the steps
    /// @return  [parts, steps], equal on all ranks
    std::vector<StepEvidence> repeat(const Steps& steps, std::span<const float> weights,
                                     std::span<const float> moments);

  private:
    class Work;
    template <class Products>
    class WorkOf;
    std::unique_ptr<Work> work_;
};

/// Those who can make the steps of a group again, at each turn another rank each part of them.
class Repeaters {
  public:
    virtual ~Repeaters() = default;
    /// How many ranks there are for a part, the one that has it included: after so many turns it is its turn again.
    virtual int count() const = 0;
    /// The rank of the world that makes a part at a turn: at turn 0 the one that has it.
    virtual int rank_of(int part, int turn) const = 0;
    /// Asks for steps. Collective over the group.
    /// @param start  the state before them
    virtual void ask(int turn, const Steps& steps, const StepState& start) = 0;
    /// Whether answer() would not wait. The same on all ranks of the group.
    virtual bool has_answer() = 0;
    /// To the last question. Collective over the group. @return  [parts, steps], equal on all ranks
    virtual std::vector<StepEvidence> answer() = 0;
};

}  // namespace dropsweep::train
