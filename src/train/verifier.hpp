#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/train/step_repeater.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// A step that was computed wrong.
struct Corruption {
    int rank = 0;            ///< of the world
    std::uint64_t step = 0;  ///< of the epoch, from 0
    bool goes_back = false;  ///< the trial did so: it is to go on from the start of the block
};

/// Has steps of a trial made twice, the second time by other ranks, and compares: a rank that computes something wrong,
/// or whose memory does, is found, because no bit of a step depends on who computes it. In a group each rank takes the
/// place of another one:
///
///     rank       0         1         2
///     a step     part 0    part 1    part 2     of the leaves, then of the weights
///     again      part 1    part 2    part 0
///
/// The steps of a group of one rank are made again by another rank of the world, if there is one, while the trial goes
/// on. Steps are chosen and made again in blocks, so that the weights are copied, and the caches filled, once for
/// several of them.
class Verifier {
  public:
    static constexpr std::uint64_t kBlockSteps = 16;

    /// Where a block begins, to go back to.
    struct Start {
        StepState state;
        linalg::LossAndCorrect total;  ///< of the epoch
        std::uint64_t step = 0;
    };

    /// Collective over the group.
    /// @param state     room for one
    /// @param observer  outlives this object
    Verifier(const comm::Communicator& group, const Experiment& experiment, const DropoutRates& dropout,
             std::uint64_t seed, StepState state, TrialObserver& observer);

    /// Before each step. @return  to be filled in, for a block begins; nullptr: none does
    Start* begin(std::uint32_t epoch, std::uint64_t step);
    /// Of the last block that began.
    const Start& start() const { return start_; }
    /// Where the next step leaves its evidence; nullptr: it is not verified.
    StepEvidence* evidence();

    /// After each step. A block that was computed in two ways is computed a third time: what two have found holds.
    /// Collective over the group.
    /// @param is_last  no step follows it
    /// @throws AgreedError  failure, on all ranks: no majority, or a rank that computes the same wrong again
    std::optional<Corruption> end_step(bool is_last);

  private:
    using Evidence = std::vector<StepEvidence>;  ///< [parts, steps]
    /// The one of three computations of a part that the other two do not agree with.
    struct Odd {
        int part = 0;
        int turn = 0;
    };
    static constexpr int kNoMajority = -1;  ///< in place of a turn

    bool chooses(std::uint64_t step) const;
    Evidence gather() const;
    Evidence repeat(int turn);
    Corruption decide(const Evidence& second);
    /// The first step of the block that not all have computed alike, and who has not.
    std::pair<std::size_t, std::vector<Odd>> find_odd(const std::array<const Evidence*, 3>& turns) const;
    [[noreturn]] void refuse(const std::string& what) const;

    const comm::Communicator& group_;
    double share_;
    std::unique_ptr<Repeaters> group_repeaters_;
    Repeaters& repeaters_;
    Start start_;
    enum class Phase { idle, under_way, asked } phase_ = Phase::idle;
    std::uint64_t step_ = 0;                                            ///< of the epoch, the present one
    Steps steps_;                                                       ///< of the last block
    std::vector<StepEvidence> own_;                                     ///< of the block, as far as it is
    Evidence first_;                                                    ///< of the block, when it is asked for
    std::optional<std::pair<std::uint32_t, std::uint64_t>> went_back_;  ///< to this epoch and step, the last time
};

}  // namespace dropsweep::train
