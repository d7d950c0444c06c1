#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/philox.hpp"
#include "dropsweep/train/trainer.hpp"

#include "step.hpp"

namespace dropsweep::train {

/// Makes steps of a trial twice, the second time with each rank in the place of its neighbour, and compares: a rank
/// that computes something wrong, or whose memory does, is found, because no bit of a step depends on who computes it.
///
///     rank       0         1         2
///     a step     part 0    part 1    part 2     of the leaves, then of the weights
///     again      part 1    part 2    part 0
///
/// A group of one rank computes both itself.
template <class Products>
class Verifier {
  public:
    using Step = typename Trainer<Products>::Step;

    /// Collective over the group.
    /// @param first  of this group, whose steps are verified
    Verifier(const comm::Communicator& group, const Experiment& experiment, double dropout_rate, std::uint64_t seed,
             const Trainer<Products>& first)
        : group_(group),
          shifted_(group.split(0, after(group.rank()))),
          second_(shifted_, experiment, dropout_rate, seed),
          first_state_(first.make_state()),
          second_state_(second_.make_state()),
          seed_(seed),
          share_(experiment.options.verify) {}

    /// As Trainer::set_disturbance, of the second computation.
    void set_disturbance(typename Trainer<Products>::Disturb disturbance) {
        second_.set_disturbance(std::move(disturbance));
    }

    /// The same on all ranks.
    bool chooses(std::uint32_t epoch, std::uint64_t step) const {
        const core::StreamKey key{.seed = seed_, .purpose = core::Purpose::verification, .layer = 0, .epoch = epoch};
        return core::PhiloxSequence(key, static_cast<std::uint32_t>(step)).uniform() < share_;
    }

    /// A step of `first`, verified: where the two do not agree it is made a third time, and what two have found holds.
    /// Collective over the group.
    /// @param found  out: the world rank that computed wrong; none: nobody
    /// @throws AgreedError  failure, on all ranks: three computations gave three results
    Step step(Trainer<Products>& first, std::span<const std::uint32_t> batch, std::span<const nn::Dropout> dropout,
              bool interrupt, std::optional<int>& found) {
        first.read_state(first_state_);
        group_.shift(std::as_const(first_state_.moments).span(), before(group_.rank()), second_state_.moments.span(),
                     after(group_.rank()));
        const auto again = [&] {
            second_.set_state(first_state_.weights.span(), second_state_.moments.span());
            StepEvidence evidence;
            const Step step = second_.step(batch, dropout, interrupt, &evidence);
            return std::pair(step, shifted_.all_gather(evidence));
        };
        StepEvidence evidence;
        const Step step = first.step(batch, dropout, interrupt, &evidence);
        const std::vector<StepEvidence> one = group_.all_gather(evidence);
        const auto [second_step, two] = again();
        found.reset();
        if (one == two) return step;

        const auto [third_step, three] = again();
        const std::vector<int> ranks = group_.world_ranks();
        if (three == one) {
            found = ranks[static_cast<std::size_t>(before(differing_part(one, two)))];
            return step;
        }
        if (three == two) {
            found = ranks[static_cast<std::size_t>(differing_part(one, two))];
            second_.read_state(second_state_);
            group_.shift(std::as_const(second_state_.moments).span(), after(group_.rank()), first_state_.moments.span(),
                         before(group_.rank()));
            first.set_state(second_state_.weights.span(), first_state_.moments.span());
            return third_step;
        }
        throw AgreedError(
            ExitCode::failure,
            "a step was computed three times with three results; check the memory and the CPUs of the machines",
            group_.rank() == 0);
    }

  private:
    using State = typename Trainer<Products>::State;

    int after(int rank) const { return (rank + 1) % group_.size(); }
    int before(int rank) const { return (rank + group_.size() - 1) % group_.size(); }

    /// The part that was computed differently; what follows from it elsewhere does not matter.
    static int differing_part(const std::vector<StepEvidence>& one, const std::vector<StepEvidence>& two) {
        for (const auto field : {&StepEvidence::gradients, &StepEvidence::weights, &StepEvidence::moments}) {
            for (std::size_t part = 0; part < one.size(); ++part) {
                if (one[part].*field != two[part].*field) return static_cast<int>(part);
            }
        }
        return 0;
    }

    const comm::Communicator& group_;
    comm::Communicator shifted_;
    Trainer<Products> second_;
    State first_state_;   ///< before a verified step
    State second_state_;  ///< v of this rank's place in the second computation
    std::uint64_t seed_;
    double share_;
};

}  // namespace dropsweep::train
