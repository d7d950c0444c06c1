#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace dropsweep::sweep {

/// What a decision between settings is to promise.
struct DecisionRules {
    double difference = 0;  ///< that matters: nats of validation loss, or share of validation accuracy
    double error = 0.05;    ///< the most probability of another choice than the best, where that is so much better
    std::size_t first_seeds = 10;  ///< that all settings get
    std::size_t most_seeds = 200;  ///< then it ends undecided; at least first_seeds
    bool by_accuracy = false;
    /// A mean of outcomes as loss or accuracy.
    double shown(double mean) const { return by_accuracy ? -mean : mean; }
};

/// What happened when all settings of a round had so many seeds.
struct DecisionRound {
    /// A setting that was dropped.
    struct Dropped {
        std::size_t setting = 0;
        std::optional<std::size_t> better;  ///< than it is; none: one of its trials diverged or failed
        double distance = 0;                ///< of the means
        double allowed = 0;                 ///< by which it might have been worse
    };
    std::size_t seeds = 0;
    std::vector<std::size_t> settings;  ///< that had not been dropped before
    std::vector<double> means;          ///< theirs of the outcomes; not a number of one with a lost trial
    std::vector<Dropped> dropped;
};

/// How far a decision is: a function of the results alone, whatever their order.
struct Decision {
    enum class State { open, decided, undecided };
    State state = State::open;
    std::vector<DecisionRound> rounds;         ///< that are complete
    std::vector<std::size_t> survivors;        ///< the one that was chosen, or those that are left; none: all were lost
    std::vector<std::size_t> seeds;            ///< [settings] that were needed, or are for the next round
    std::vector<std::size_t> certain;          ///< survivors that the round after the present one needs in any case
    std::optional<double> seeds_to_come = {};  ///< over all settings, about, beyond `seeds`; none: nothing tells yet
};

/// What a trial has of that by which it is decided, the less the better; infinite: it has no model. None: not known.
using Outcome = std::function<std::optional<double>(std::size_t setting, std::size_t seed)>;

/// The fully sequential procedure of Kim and Nelson (2001), ACM Transactions on Modeling and Computer Simulation 11,
/// 251-273, with c = 1: common random numbers, unequal variances. After first_seeds for all settings one more for each
/// that is left, and a setting is dropped when its mean is worse than that of another one that is left by more than
/// max(0, D / (2 r) (h2 S2 / D^2 - r)), D the difference that matters, r the seeds, S2 the variance of the pair's
/// differences over the first seeds, h2 = ((2 error / (k - 1))^(-2 / (first_seeds - 1)) - 1) (first_seeds - 1) for k
/// settings. Equal means where nothing is allowed any more: the first of them is chosen. A setting with a lost trial
/// cannot be the best. Local: no communication.
/// @param settings  at least 2
Decision decide(std::size_t settings, const DecisionRules& rules, const Outcome& outcome);

}  // namespace dropsweep::sweep
