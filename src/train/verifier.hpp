#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/philox.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/train/trainer.hpp"

#include "step.hpp"

namespace dropsweep::train {

/// What was computed wrong in a block of steps.
struct Corruption {
    int rank = 0;                     ///< of the world
    std::uint64_t step = 0;           ///< of the epoch, from 0
    std::vector<core::Tally> totals;  ///< of the block's steps, which were put right; empty: they were right at first
};

/// Makes steps of a trial twice, the second time with each rank in the place of its neighbour, and compares: a rank
/// that computes something wrong, or whose memory does, is found, because no bit of a step depends on who computes it.
///
///     rank       0         1         2
///     a step     part 0    part 1    part 2     of the leaves, then of the weights
///     again      part 1    part 2    part 0
///
/// A group of one rank computes both itself. Steps are chosen and made again in blocks, so that the weights are copied,
/// and the caches filled, once for several of them.
template <class Products>
class Verifier {
  public:
    static constexpr std::uint64_t kBlockSteps = 16;

    /// Collective over the group.
    /// @param first  of this group, whose steps are verified
    Verifier(const comm::Communicator& group, const Experiment& experiment, double dropout_rate, std::uint64_t seed,
             Trainer<Products>& first)
        : group_(group),
          first_(first),
          shifted_(group.split(0, after(group.rank()))),
          second_(shifted_, experiment, dropout_rate, seed),
          first_state_(first.make_state()),
          second_state_(second_.make_state()),
          seed_(seed),
          share_(experiment.options.verify) {}

    /// As Trainer::set_disturbance, of the second computation; disturb(step, memory, bytes) is given its step as well.
    template <class Disturb>
    void set_disturbance(Disturb disturb) {
        second_.set_disturbance(
            [this, disturb](Memory memory, std::span<std::byte> bytes) { disturb(repeated_step_, memory, bytes); });
    }

    /// Before each step of `first`: a block begins if the step belongs to one that is chosen. Collective over the
    /// group.
    /// @return  where the step leaves its evidence; nullptr: it is not verified
    StepEvidence* before_step(std::uint32_t epoch, std::uint64_t step) {
        if (!block_ && chooses(epoch, step / kBlockSteps)) {
            block_.emplace(Block{step, {}});
            block_->evidence.reserve(kBlockSteps);
            first_.read_state(first_state_);
            // A rank that is its own neighbour has them.
            if (group_.size() > 1) {
                group_.shift(std::as_const(first_state_.moments).span(), before(group_.rank()),
                             second_state_.moments.span(), after(group_.rank()));
            }
        }
        return block_ ? &block_->evidence.emplace_back() : nullptr;
    }
    /// The step with which the block that is under way began; none: there is none.
    std::optional<std::uint64_t> first_step() const { return block_ ? std::optional(block_->begin) : std::nullopt; }

    /// Ends the block: makes its steps again, and a third time where the two do not agree; what two have found holds.
    /// Collective over the group.
    /// @param batches  of the epoch
    /// @throws AgreedError  failure, on all ranks: three computations gave three results
    std::optional<Corruption> end_block(const data::Batches& batches, std::span<const nn::Dropout> dropout) {
        const Block block = *std::exchange(block_, std::nullopt);
        const Evidence one = gather(group_, block.evidence);
        const Evidence two = repeat(block, batches, dropout);
        if (one == two) return std::nullopt;
        const Evidence three = repeat(block, batches, dropout);
        const auto [index, part] = first_difference(one, two);
        const std::uint64_t step = block.begin + index;
        const std::vector<int> ranks = group_.world_ranks();
        if (three == one) return Corruption{ranks[static_cast<std::size_t>(before(part))], step, {}};
        if (three == two) {
            second_.read_state(second_state_);
            group_.shift(std::as_const(second_state_.moments).span(), after(group_.rank()), first_state_.moments.span(),
                         before(group_.rank()));
            first_.set_state(second_state_.weights.span(), first_state_.moments.span());
            return Corruption{ranks[static_cast<std::size_t>(part)], step, totals_};
        }
        throw AgreedError(
            ExitCode::failure,
            "a step was computed three times with three results; check the memory and the CPUs of the machines",
            group_.rank() == 0);
    }

  private:
    struct Block {
        std::uint64_t begin = 0;  ///< step of the epoch
        std::vector<StepEvidence> evidence;
    };
    using State = typename Trainer<Products>::State;
    using Evidence = std::vector<StepEvidence>;  ///< [parts, steps]

    int after(int rank) const { return (rank + 1) % group_.size(); }
    int before(int rank) const { return (rank + group_.size() - 1) % group_.size(); }

    /// The same on all ranks.
    bool chooses(std::uint32_t epoch, std::uint64_t block) const {
        const core::StreamKey key{.seed = seed_, .purpose = core::Purpose::verification, .layer = 0, .epoch = epoch};
        return core::PhiloxSequence(key, static_cast<std::uint32_t>(block)).uniform() < share_;
    }

    static Evidence gather(const comm::Communicator& ranks, const std::vector<StepEvidence>& own) {
        const std::vector<std::size_t> counts(static_cast<std::size_t>(ranks.size()), own.size());
        Evidence all(counts.size() * own.size());
        std::ranges::copy(own, all.begin() + ranks.rank() * static_cast<std::ptrdiff_t>(own.size()));
        ranks.all_gather_in_place(std::span<StepEvidence>(all), counts);
        return all;
    }

    Evidence repeat(const Block& block, const data::Batches& batches, std::span<const nn::Dropout> dropout) {
        const State& own = group_.size() > 1 ? second_state_ : first_state_;
        second_.set_state(first_state_.weights.span(), own.moments.span());
        std::vector<StepEvidence> evidence(block.evidence.size());
        totals_.clear();
        for (std::size_t index = 0; index < evidence.size(); ++index) {
            repeated_step_ = block.begin + index;
            totals_.push_back(second_.step(batches[repeated_step_], dropout, false, &evidence[index]).total);
        }
        return gather(shifted_, evidence);
    }

    /// Index and part of the first step that was computed differently; what follows from it elsewhere does not matter.
    std::pair<std::size_t, int> first_difference(const Evidence& one, const Evidence& two) const {
        const std::size_t steps = one.size() / static_cast<std::size_t>(group_.size());
        for (std::size_t index = 0; index < steps; ++index) {
            for (const auto field : {&StepEvidence::gradients, &StepEvidence::weights, &StepEvidence::moments}) {
                for (int part = 0; part < group_.size(); ++part) {
                    const std::size_t at = static_cast<std::size_t>(part) * steps + index;
                    if (one[at].*field != two[at].*field) return {index, part};
                }
            }
        }
        return {0, 0};
    }

    const comm::Communicator& group_;
    Trainer<Products>& first_;
    comm::Communicator shifted_;
    Trainer<Products> second_;
    State first_state_;   ///< before the block
    State second_state_;  ///< v of this rank's place in the second computation
    std::optional<Block> block_;
    std::uint64_t repeated_step_ = 0;
    std::vector<core::Tally> totals_;  ///< of the steps of the last repetition
    std::uint64_t seed_;
    double share_;
};

}  // namespace dropsweep::train
