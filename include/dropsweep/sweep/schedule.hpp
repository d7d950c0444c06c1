// The decisions of a running sweep: which ranks train which trial next. No messages, no clocks.
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

/// While trials wait, a free group of the plan takes the next one. When none waits, an elastic plan lends free ranks to
/// running trials: first to the one that is expected to end last among those that more ranks make faster. The trial
/// takes them after its present step; if it ends before, they are free again. Ranks of the trial's own nodes come
/// first. Unless the plan lends across nodes, a group on one node is lent ranks of this node only: with others its sums
/// would go over the network, and the groups of a node share one link. With a selection the waiting trials are those
/// that its decision needs or is certain to need. When no trial waits and ranks are left after lending, they begin
/// trials that will be needed unless their setting is dropped. Running trials that are no longer needed are reported by
/// unneeded(). Local: no communication.
class Schedule {
  public:
    Schedule(const Plan& plan, const std::vector<Trial>& trials, ByChoices<EpochForecast> forecasts,
             std::optional<Selection> selection = std::nullopt);

    /// Ranks that a trial is to get.
    struct Offer {
        std::size_t trial = 0;
        std::vector<int> ranks;
        bool operator==(const Offer&) const = default;
    };
    /// The trials that begin now, with their ranks.
    std::vector<Offer> begin();
    /// The free ranks that running trials get now.
    std::vector<Offer> lend();

    /// Trials that begin now although it is not certain that they are needed. To be called after begin and lend.
    std::vector<Offer> begin_ahead();
    /// Running trials that are no longer needed; each is returned once.
    std::vector<std::size_t> unneeded();

    /// The trial takes the first `count` of the ranks that it was offered.
    /// @return  these ranks
    std::vector<int> join(std::size_t trial, std::size_t count);
    /// The trial has trained so many epochs.
    void advance(std::size_t trial, std::uint32_t epochs) { running_.at(trial).epochs = epochs; }
    /// The trial has ended, and all its ranks are free.
    /// @param epochs  that it has trained; none: it was stopped, diverged or failed
    void end(std::size_t trial, std::optional<std::uint32_t> epochs);
    /// The result of a trial that has ended, for the selection.
    void record(std::size_t trial, const train::TrialResult& result);
    /// A trial that is needed was stopped before its end.
    void interrupt() { interrupted_ = true; }
    /// From now on no trial begins and no rank is lent.
    void stop() { stopping_ = true; }

    bool has_ended() const { return running_.empty() && (stopping_ || has_begun_all()); }
    /// Whether all trials have begun and none was interrupted.
    bool is_complete() const { return has_begun_all() && !interrupted_; }
    bool is_unneeded(std::size_t trial) const { return selection_ && !selection_->may_need(trial); }
    const std::optional<Selection>& selection() const { return selection_; }
    /// The ranks that train the trial, its group's first rank first; empty before `join`.
    const std::vector<int>& ranks_of(std::size_t trial) const { return running_.at(trial).ranks; }
    /// The first rank of its group.
    int first_rank_of(std::size_t trial) const { return running_.at(trial).first(); }
    std::uint32_t epochs_of(std::size_t trial) const { return running_.at(trial).epochs; }
    /// The first ranks of the groups of all running trials.
    std::vector<int> first_ranks() const;

  private:
    struct Running {
        std::vector<int> ranks;     ///< that train the trial
        std::vector<int> promised;  ///< offered, but not joined yet
        std::uint32_t epochs = 0;   ///< completed
        bool is_unneeded = false;
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
    std::deque<std::size_t> waiting_;         ///< trials that have not begun, in order
    std::optional<Selection> selection_;
    bool stopping_ = false;
    bool interrupted_ = false;
};

}  // namespace dropsweep::sweep
