#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::sweep {

/// Consecutive ranks of the world that train one trial at a time.
struct Group {
    int first_rank = 0;
    int ranks = 1;
    bool operator==(const Group&) const = default;
};

/// Who trains what, decided before the start. Groups take the trials of `queue` one after the other as they get free,
/// the first group the first trial.
struct Plan {
    int ranks = 1;              ///< of the world
    std::vector<int> nodes;     ///< of each rank
    std::vector<Group> groups;  ///< in the order in which they take trials: no group is larger than the one before
    std::size_t leaves = 1;     ///< of every trial, or of that with the fewest
    std::vector<std::size_t> leaves_of_trials;  ///< [trials], where they differ
    bool elastic = true;              ///< when no trial waits, free ranks join running trials, up to one rank per leaf
    bool lends_across_nodes = false;  ///< also to groups that lie on another node; see CostModel::pays_across_nodes
    std::vector<double> epoch_seconds;  ///< [trials] of one rank; all are 1 where nothing was measured
    std::vector<std::size_t> queue;     ///< trial numbers, the longest expected first

    std::size_t leaves_of(std::size_t trial) const {
        return leaves_of_trials.empty() ? leaves : leaves_of_trials[trial];
    }
    bool has_several_nodes() const;
    /// Ranks without a group, ascending.
    std::vector<int> unused_ranks() const;
};

/// What the groups follow from.
struct PlanRequest {
    std::size_t leaves = 1;              ///< of every trial, or of that with the fewest
    std::optional<int> ranks_per_trial;  ///< as the user asked; none: automatic
    bool elastic = true;
};

/// Lays the groups out. Automatic: with fewer ranks than trials each rank is a group; with more, every trial has a
/// group, as equal as the leaves allow: of 1, 2 or 4 ranks with 4 leaves, as a third rank makes a step hardly shorter.
/// Where each node has consecutive ranks and at least one trial, the trials are shared out over the nodes and no group
/// lies on two; the longest ones go to all nodes in turns. Where nothing was measured more dropout is expected to train
/// longer (it delays overfitting, and with it early stopping); see choose_plan for measured costs.
/// Local: no communication; equal arguments give equal plans.
/// @param ended  numbers of the trials that need no training any more, not all of them
/// @param nodes  [ranks] a number for each rank, the same on one node; or none: all are on one
/// @throws Error  usage: ranks_per_trial is above the number of ranks or of leaves
Plan make_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
               const std::set<std::size_t>& ended = {}, std::span<const int> nodes = {});

/// Takes over what an epoch of each trial takes one rank, and brings those trials to the front of the queue that are
/// expected to take the most seconds. Local: no communication.
/// @param epoch_seconds  [trials], in any unit
void expect(Plan& plan, std::vector<double> epoch_seconds, const std::vector<Trial>& trials,
            const ByChoices<EpochForecast>& forecasts);

/// The plan in a few lines for the user, each ended by a newline.
/// @param decides  more trials than those of the queue may follow
std::string describe(const Plan& plan, const std::vector<Trial>& trials, bool decides = false);

}  // namespace dropsweep::sweep
