// The trials that a decision between settings needs, as results come in.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "dropsweep/sweep/decision.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::sweep {

/// The Outcome of an ended trial: its best validation loss, or minus its validation accuracy; infinite without weights.
double outcome_of(const train::TrialResult& result, bool by_accuracy);

/// Trials are numbered as by make_trials for the settings and the seeds 1 to rules.most_seeds. Local: no communication.
class Selection {
  public:
    /// @param seeds  that are trained for every setting in any case, from 1 to rules.most_seeds
    Selection(const DecisionRules& rules, std::size_t settings, const std::set<std::size_t>& seeds = {});

    /// A trial has ended.
    void record(std::size_t trial, const train::TrialResult& result);

    const Decision& decision() const;
    bool is_over() const { return decision().state != Decision::State::open; }
    /// Whether the trial is a part of the results.
    bool needs(std::size_t trial) const;
    /// Whether it is or may become a part of the results.
    bool may_need(std::size_t trial) const;
    /// Trials without a result that are needed or certain to be needed, by ascending seed.
    std::vector<std::size_t> wanted() const;
    /// Trials without a result that will be needed unless their setting is dropped, by ascending seed.
    std::vector<std::size_t> ahead() const;
    /// Estimated number of trials still to be trained; none: not known yet.
    std::optional<double> to_come() const;

  private:
    bool may_win(std::size_t setting) const;
    std::size_t setting_of(std::size_t trial) const { return trial / rules_.most_seeds; }
    std::size_t seed_of(std::size_t trial) const { return trial % rules_.most_seeds; }
    std::size_t trial_of(std::size_t setting, std::size_t seed) const { return setting * rules_.most_seeds + seed; }

    DecisionRules rules_;
    std::size_t settings_;
    std::set<std::size_t> seeds_;                  ///< trained in any case, from 0
    std::vector<std::optional<double>> outcomes_;  ///< [trials]
    mutable std::optional<Decision> decision_;     ///< cache; none: outcomes have changed
};

}  // namespace dropsweep::sweep
