// Verification of training steps: other ranks repeat some of them, and the results are compared.
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

/// A step that was computed wrong by a rank.
struct Corruption {
    int rank = 0;                 ///< of the world
    std::uint64_t step = 0;       ///< of the epoch, from 0
    bool needs_rollback = false;  ///< whether the trial is to go back to Verifier::start()
};

/// Finds ranks whose CPU or memory corrupts results: no bit of a step depends on which rank computes it, so a
/// repetition by other ranks must give the same checksums. In a group each rank repeats the part (leaves, then slices
/// of weights) of another one:
///
///     rank       0         1         2
///     turn 0     part 0    part 1    part 2     the training itself
///     turn 1     part 1    part 2    part 0
///
/// The steps of a group of one rank are repeated by another rank of the world, if there is one, while the trial goes
/// on. Steps are chosen at random and repeated in blocks, so that one copy of the weights serves several steps.
class Verifier {
  public:
    static constexpr std::uint64_t kBlockSteps = 16;

    /// The state of the trial before a block, to go back to.
    struct Start {
        StepState state;
        linalg::LossAndCorrect total;  ///< over the epoch so far
        std::uint64_t step = 0;
    };

    /// Collective over the group.
    /// @param state     of Trainer::make_state
    /// @param observer  must outlive this object
    Verifier(const comm::Communicator& group, const Experiment& experiment, const DropoutRates& dropout,
             std::uint64_t seed, StepState state, TrialObserver& observer);

    /// To be called before each step. Local.
    /// @return  where the caller is to save the state, if a block begins; else nullptr
    Start* begin(std::uint32_t epoch, std::uint64_t step);
    /// The state before the last block.
    const Start& start() const { return start_; }
    /// Where the next step is to store its checksums; nullptr: it is not verified. Local.
    StepEvidence* evidence();

    /// To be called after each step. If the two computations of a block differ, a third decides by majority. Collective
    /// over the group.
    /// @param is_last  whether no step of the epoch follows in this group
    /// @return  the wrong step, if one was found
    /// @throws AgreedError  failure, on all ranks: no majority, or a block was computed wrong again after going back
    std::optional<Corruption> end_step(bool is_last);

  private:
    using Evidence = std::vector<StepEvidence>;  ///< [parts, steps]
    /// The one of three computations of a part that differs from the other two.
    struct Deviation {
        int part = 0;
        int turn = 0;
    };
    static constexpr int kNoMajority = -1;  ///< as Deviation::turn: all three differ

    bool chooses(std::uint64_t step) const;
    Evidence gather() const;
    Evidence repeat(int turn);
    Corruption decide(const Evidence& second);
    /// The first step of the block with differing results, and the computations that differ there.
    std::pair<std::size_t, std::vector<Deviation>> find_deviations(const std::array<const Evidence*, 3>& turns) const;
    [[noreturn]] void refuse(const std::string& what) const;

    const comm::Communicator& group_;
    double share_;
    std::unique_ptr<Repeaters> group_repeaters_;
    Repeaters& repeaters_;
    Start start_;
    enum class Phase { idle, under_way, asked } phase_ = Phase::idle;
    std::uint64_t step_ = 0;         ///< the present one, in the epoch
    Steps steps_;                    ///< of the last block
    std::vector<StepEvidence> own_;  ///< this rank's, of the block so far
    Evidence first_;                 ///< of turn 0, all parts, once the block is complete
    std::optional<std::pair<std::uint32_t, std::uint64_t>> went_back_;  ///< epoch and step of the last Start used
};

}  // namespace dropsweep::train
