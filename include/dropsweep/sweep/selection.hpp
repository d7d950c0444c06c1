#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "dropsweep/sweep/decision.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::sweep {

/// By what a decision judges a trial that has ended, the less the better: its best validation loss, or its validation
/// accuracy, negative; infinite without weights.
double outcome_of(const train::TrialResult& result, bool by_accuracy);

/// Which trials a decision needs, as their results come in. They are those of make_trials for the settings and the
/// seeds 1 to rules.most_seeds. Local: no communication.
class Selection {
  public:
    /// @param seeds  those that every setting gets whatever happens, from 1 to rules.most_seeds
    Selection(const DecisionRules& rules, std::size_t settings, const std::set<std::size_t>& seeds = {});

    /// A trial has ended. @param result  one without weights cannot be the best
    void record(std::size_t trial, const train::TrialResult& result);

    const Decision& decision() const;
    bool is_over() const { return decision().state != Decision::State::open; }
    /// Whether the trial is a part of the results: all others might as well not have been trained.
    bool needs(std::size_t trial) const;
    /// Whether it may still become one.
    bool may_need(std::size_t trial) const;
    /// Those that are needed, or will be in any case, and have not ended: by their seeds.
    std::vector<std::size_t> wanted() const;
    /// Those that will be needed where nothing is dropped, and have not ended: by their seeds.
    std::vector<std::size_t> ahead() const;
    /// About how many trials are still to be trained; none: nothing tells yet.
    std::optional<double> to_come() const;

  private:
    bool may_win(std::size_t setting) const;
    std::size_t setting_of(std::size_t trial) const { return trial / rules_.most_seeds; }
    std::size_t seed_of(std::size_t trial) const { return trial % rules_.most_seeds; }
    std::size_t trial_of(std::size_t setting, std::size_t seed) const { return setting * rules_.most_seeds + seed; }

    DecisionRules rules_;
    std::size_t settings_;
    std::set<std::size_t> seeds_;                  ///< from 0
    std::vector<std::optional<double>> outcomes_;  ///< [trials]
    mutable std::optional<Decision> decision_;     ///< none: outcomes have changed
};

}  // namespace dropsweep::sweep
