// Chooses blocks of steps, has them repeated, and takes the majority of three computations.
#include "verifier.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "dropsweep/linalg/philox.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::train {
namespace {

/// Repeats steps by ranks of the same group: in turn t rank r computes part (r + t) mod size. With one rank it repeats
/// its own steps.
class GroupRepeaters : public Repeaters {
  public:
    GroupRepeaters(const comm::Communicator& group, const Experiment& experiment, Disturbance* disturbance)
        : group_(group), experiment_(experiment), disturbance_(disturbance), world_ranks_(group.world_ranks()) {
        prepare(1 % count());
    }

    int count() const override { return group_.size(); }
    int rank_of(int part, int turn) const override {
        return world_ranks_[static_cast<std::size_t>(shifted(part, -turn))];
    }
    void ask(int turn, const Steps& steps, const StepState& start) override {
        const int shift = turn % count();
        Shifted& places = prepare(shift);
        if (shift == 0) {
            answer_ = places.repeater.repeat(steps, start.weights.span(), start.moments.span());
        } else {
            group_.shift(start.moments.span(), shifted(group_.rank(), -shift), places.moments.span(),
                         shifted(group_.rank(), shift));
            answer_ = places.repeater.repeat(steps, start.weights.span(), places.moments.span());
        }
    }
    bool has_answer() override { return true; }
    std::vector<StepEvidence> answer() override { return std::move(answer_); }

  private:
    int shifted(int rank, int by) const { return ((rank + by) % count() + count()) % count(); }

    struct Shifted {
        StepRepeater repeater;
        linalg::FloatBuffer moments;
    };
    /// Makes the repeater of a shift on its first use: shifts other than 1 are needed only after a difference.
    Shifted& prepare(int shift) {
        const auto found = shifted_.find(shift);
        if (found != shifted_.end()) return found->second;
        StepRepeater repeater(group_.split(0, shifted(group_.rank(), shift)), experiment_, disturbance_);
        linalg::FloatBuffer moments = repeater.make_state().moments;
        return shifted_.emplace(shift, Shifted{std::move(repeater), std::move(moments)}).first->second;
    }

    const comm::Communicator& group_;
    const Experiment& experiment_;
    Disturbance* disturbance_;
    std::vector<int> world_ranks_;
    std::map<int, Shifted> shifted_;  ///< by shift
    std::vector<StepEvidence> answer_;
};

}  // namespace

Verifier::Verifier(const comm::Communicator& group, const Experiment& experiment, const DropoutRates& dropout,
                   std::uint64_t seed, StepState state, TrialObserver& observer)
    : group_(group),
      share_(experiment.options.verify),
      group_repeaters_(group.size() > 1 || observer.repeaters() == nullptr
                           ? std::make_unique<GroupRepeaters>(group, experiment, observer.disturbance())
                           : nullptr),
      repeaters_(group_repeaters_ ? *group_repeaters_ : *observer.repeaters()),
      start_{std::move(state), {}, 0} {
    steps_.dropout = dropout;
    steps_.seed = seed;
    own_.reserve(kBlockSteps);
}

Verifier::Start* Verifier::begin(std::uint32_t epoch, std::uint64_t step) {
    steps_.epoch = epoch;
    step_ = step;
    if (phase_ != Phase::idle || !chooses(step)) return nullptr;
    phase_ = Phase::under_way;
    steps_.begin = start_.step = step;
    own_.clear();
    return &start_;
}

StepEvidence* Verifier::evidence() {
    return phase_ == Phase::under_way ? &own_.emplace_back() : nullptr;
}

std::optional<Corruption> Verifier::end_step(bool is_last) {
    const std::uint64_t next = step_ + 1;
    const bool ends_block = is_last || next % kBlockSteps == 0;
    if (phase_ == Phase::under_way && ends_block) {
        steps_.count = own_.size();
        first_ = gather();
        repeaters_.ask(1, steps_, start_.state);
        phase_ = Phase::asked;
    }
    if (phase_ != Phase::asked) return std::nullopt;
    const bool must_wait = is_last || (ends_block && chooses(next));
    if (!must_wait && !repeaters_.has_answer()) return std::nullopt;
    phase_ = Phase::idle;
    const Evidence second = repeaters_.answer();
    if (second == first_) return std::nullopt;
    return decide(second);
}

/// Whether the block of this step is verified; equal on all ranks.
bool Verifier::chooses(std::uint64_t step) const {
    const linalg::StreamKey key{
        .seed = steps_.seed, .purpose = linalg::Purpose::verification, .layer = 0, .epoch = steps_.epoch};
    return linalg::PhiloxSequence(key, static_cast<std::uint32_t>(step / kBlockSteps)).uniform() < share_;
}

Verifier::Evidence Verifier::gather() const {
    const std::vector<std::size_t> counts(static_cast<std::size_t>(group_.size()), own_.size());
    Evidence all(counts.size() * own_.size());
    std::ranges::copy(own_, all.begin() + group_.rank() * static_cast<std::ptrdiff_t>(own_.size()));
    group_.all_gather_in_place(std::span<StepEvidence>(all), counts);
    return all;
}

Verifier::Evidence Verifier::repeat(int turn) {
    repeaters_.ask(turn, steps_, start_.state);
    return repeaters_.answer();
}

Corruption Verifier::decide(const Evidence& second) {
    const Evidence third = repeat(2);
    const auto [step, deviations] = find_deviations({&first_, &second, &third});
    const auto rank_of = [this](const Deviation& one) { return repeaters_.rank_of(one.part, one.turn); };
    const auto is_of_turn = [](int turn) { return [turn](const Deviation& one) { return one.turn == turn; }; };
    const auto is_of_rank = [&, rank = rank_of(deviations.front())](const Deviation& one) {
        return one.turn != kNoMajority && rank_of(one) == rank;
    };
    Corruption found{rank_of(deviations.front()), steps_.begin + step, true};
    if (std::ranges::all_of(deviations, is_of_turn(1)) && third == first_) {
        // With two ranks turn 2 is the owner's again; turn 3 is the other rank's second computation.
        if (repeaters_.count() == 2 && repeat(3) == second) {
            refuse(
                fmt::format("ranks {} and {} find different results of a step, each the same each time; one of the "
                            "two is wrong, and a third rank would tell which",
                            repeaters_.rank_of(deviations.front().part, 0), found.rank));
        }
        found.needs_rollback = false;
    } else if (!std::ranges::all_of(deviations, is_of_turn(0)) && !std::ranges::all_of(deviations, is_of_rank)) {
        // Neither all differences in turn 0 (a fault in weights that ranks share shows in all parts) nor all by one
        // rank (which has another part in each turn).
        refuse("a step was computed three times with three results");
    }
    if (!found.needs_rollback) return found;
    const std::pair here(steps_.epoch, steps_.begin);
    if (went_back_ == here) refuse(fmt::format("rank {} computes a step wrong each time", found.rank));
    went_back_ = here;
    return found;
}

/// Compares the checksums in the order of computation: differences after the first one are its consequences.
std::pair<std::size_t, std::vector<Verifier::Deviation>> Verifier::find_deviations(
    const std::array<const Evidence*, 3>& turns) const {
    for (std::size_t step = 0;; ++step) {
        for (const auto field : {&StepEvidence::gradients, &StepEvidence::weights, &StepEvidence::moments}) {
            std::vector<Deviation> deviations;
            for (int part = 0; part < group_.size(); ++part) {
                const std::size_t at = static_cast<std::size_t>(part) * steps_.count + step;
                const auto agree = [&](std::size_t one, std::size_t other) {
                    return turns.at(one)->at(at).*field == turns.at(other)->at(at).*field;
                };
                if (agree(0, 1) && agree(0, 2)) continue;
                deviations.push_back({part, agree(1, 2) ? 0 : agree(0, 2) ? 1 : agree(0, 1) ? 2 : kNoMajority});
            }
            if (!deviations.empty()) return {step, std::move(deviations)};
        }
    }
}

void Verifier::refuse(const std::string& what) const {
    throw AgreedError(ExitCode::failure, what + "; check the memory and the CPUs of the machines", group_.rank() == 0);
}

}  // namespace dropsweep::train
