#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/selection.hpp"

namespace dropsweep::sweep {

/// Who trains what at this moment, and what comes next: the decisions of a sweep without its messages and clocks.
/// While trials wait, a group of the plan that is free takes the next one. When none waits any more, an elastic plan
/// lends the free ranks to running trials: to the one that is expected to end last among those that they make faster. A
/// trial takes ranks that were promised to it after its present step; when it ends with that, they are free again.
/// Ranks of its own node come first. Unless the plan lends across nodes, a group that lies on one node is lent ranks of
/// that node alone: beyond it its sums would travel by messages, and the groups of a node share one link.
/// With a selection the trials that wait are those which its decision needs, and those that are sure to be needed.
/// Ranks for which nothing else is left begin trials that will be needed if nothing is dropped; what becomes needless
/// while it runs is named. Local: no communication.
class Schedule {
  public:
    Schedule(const Plan& plan, const std::vector<Trial>& trials, ByChoices<EpochForecast> forecasts,
             std::optional<Selection> selection = std::nullopt);

    /// Ranks that are promised to a trial.
    struct Offer {
        std::size_t trial = 0;
        std::vector<int> ranks;
        bool operator==(const Offer&) const = default;
    };
    /// Trials that begin now.
    std::vector<Offer> begin();
    /// Free ranks that running trials are to take.
    std::vector<Offer> lend();

    /// Trials that begin now although nobody knows whether they are needed; after the others.
    std::vector<Offer> begin_ahead();
    /// Trials that run and are not needed any more; each once.
    std::vector<std::size_t> needless();

    /// The trial takes the first `count` ranks that are promised to it. @return  those
    std::vector<int> join(std::size_t trial, std::size_t count);
    /// The trial has trained so many epochs.
    void advance(std::size_t trial, std::uint32_t epochs) { running_.at(trial).epochs = epochs; }
    /// The trial does not go on; all its ranks are free.
    /// @param epochs  after which it ended of its own accord; none: it was stopped, diverged or failed
    void end(std::size_t trial, std::optional<std::uint32_t> epochs);
    /// What came of a trial that has ended.
    void record(std::size_t trial, const train::TrialResult& result);
    /// A trial did not come to its end, and not because it is needless.
    void interrupt() { interrupted_ = true; }
    /// From now on no trial begins and no rank is lent.
    void stop() { stopping_ = true; }

    bool has_ended() const { return running_.empty() && (stopping_ || has_begun_all()); }
    /// Whether it has ended because nothing is left to do.
    bool is_complete() const { return has_begun_all() && !interrupted_; }
    bool is_needless(std::size_t trial) const { return selection_ && !selection_->may_need(trial); }
    const std::optional<Selection>& selection() const { return selection_; }
    /// That train the trial, the first one first; none before `join`.
    const std::vector<int>& ranks_of(std::size_t trial) const { return running_.at(trial).ranks; }
    /// The leader of its group.
    int first_rank_of(std::size_t trial) const { return running_.at(trial).first(); }
    std::uint32_t epochs_of(std::size_t trial) const { return running_.at(trial).epochs; }
    /// Of every trial that runs.
    std::vector<int> first_ranks() const;

  private:
    struct Running {
        std::vector<int> ranks;     ///< that train it
        std::vector<int> promised;  ///< to it
        std::uint32_t epochs = 0;   ///< that are done
        bool is_needless = false;
        std::size_t size() const { return ranks.size() + promised.size(); }
        int first() const { return ranks.empty() ? promised.front() : ranks.front(); }
    };
    bool has_begun_all() const { return waiting_.empty() && (!selection_ || selection_->is_over()); }
    void refill();
    std::vector<int> free_group() const;
    Offer offer(std::size_t trial, std::vector<int> ranks);
    std::optional<Offer> next_loan();
    std::vector<int> free_for(const Running& running) const;

    const Plan& plan_;
    const std::vector<Trial>& trials_;
    ByChoices<EpochForecast> forecasts_;
    std::set<int> free_;
    std::map<std::size_t, Running> running_;  ///< by trial
    std::deque<std::size_t> waiting_;         ///< trials
    std::optional<Selection> selection_;
    bool stopping_ = false;
    bool interrupted_ = false;
};

}  // namespace dropsweep::sweep
