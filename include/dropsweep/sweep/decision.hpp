// A sequential statistical procedure that chooses the best setting with few trials.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace dropsweep::sweep {

/// The guarantee of a decision and its limits.
struct DecisionRules {
    double difference = 0;         ///< the smallest that matters: nats of validation loss, or of validation accuracy
    double error = 0.05;           ///< bound on the probability of not choosing the best, if better by `difference`
    std::size_t first_seeds = 10;  ///< of every setting, at least 2
    std::size_t most_seeds = 200;  ///< of a setting, at least first_seeds; after them the decision ends undecided
    bool by_accuracy = false;      ///< else by validation loss
    /// A mean of outcomes as loss or accuracy, for output.
    double shown(double mean) const { return by_accuracy ? -mean : mean; }
};

/// A comparison of the remaining settings after each has the same number of seeds.
struct DecisionRound {
    /// A setting that was dropped.
    struct Dropped {
        std::size_t setting = 0;
        std::optional<std::size_t> better;  ///< the better setting; none: a trial of `setting` was lost
        double distance = 0;                ///< difference of the means
        double allowed = 0;                 ///< the difference up to which it would not have been dropped
    };
    std::size_t seeds = 0;              ///< of each setting
    std::vector<std::size_t> settings;  ///< that were not dropped before
    std::vector<double> means;          ///< of their outcomes; NaN for a setting with a lost trial
    std::vector<Dropped> dropped;
};

/// The state of a decision: a function of the results only, whatever the order in which they came.
struct Decision {
    enum class State { open, decided, undecided };
    State state = State::open;
    std::vector<DecisionRound> rounds;         ///< the complete ones
    std::vector<std::size_t> survivors;        ///< the chosen setting, or those not dropped; empty: all lost a trial
    std::vector<std::size_t> seeds;            ///< [settings] needed so far, the present round included
    std::vector<std::size_t> certain;          ///< settings that will be in the round after the present one in any case
    std::optional<double> seeds_to_come = {};  ///< estimate of trials beyond `seeds`; none: no round is complete
};

/// The value by which a trial is judged, less is better; infinite: diverged or failed (a lost trial); none: not known
/// yet. Settings and seeds are numbered from 0.
using Outcome = std::function<std::optional<double>(std::size_t setting, std::size_t seed)>;

/// The fully sequential procedure of Kim and Nelson (2001), ACM Transactions on Modeling and Computer Simulation 11,
/// 251-273, with c = 1: common random numbers, unequal variances. The first round has first_seeds seeds of each
/// setting, every further one a seed more of each remaining setting. After a round a setting is dropped if its mean is
/// worse than that of another remaining one by more than
///     max(0, D / (2 r) (h2 S2 / D^2 - r)),   h2 = ((2 error / (k - 1))^(-2 / (n - 1)) - 1) (n - 1)
/// where D = difference, r = seeds, k = settings, n = first_seeds, and S2 the sample variance of the pair's differences
/// over the first n seeds. If this is 0 for all remaining pairs and their means are equal, the first one is chosen. A
/// setting with a lost trial is dropped. Local: no communication.
/// @param settings  at least 2
Decision decide(std::size_t settings, const DecisionRules& rules, const Outcome& outcome);

}  // namespace dropsweep::sweep
