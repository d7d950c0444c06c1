// The plan of a sweep: groups of ranks and the order of the trials, made before the start.
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

/// Groups take the trials of `queue` in order, whenever a group is free, the first group the first trial.
struct Plan {
    int ranks = 1;                              ///< of the world
    std::vector<int> nodes;                     ///< [ranks] a number that ranks of the same node share
    std::vector<Group> groups;                  ///< by descending size, in the order in which they take trials
    std::size_t leaves = 1;                     ///< of a batch, the minimum over the trials
    std::vector<std::size_t> leaves_of_trials;  ///< [trials]; empty: `leaves` for all
    bool elastic = true;              ///< when no trial waits, free ranks join running trials, up to one rank per leaf
    bool lends_across_nodes = false;  ///< also groups on other nodes; see CostModel::pays_across_nodes
    std::vector<double> epoch_seconds;  ///< [trials] of one rank alone, in any unit; 1 if not measured
    std::vector<std::size_t> queue;     ///< trial numbers, those expected to take longest first

    std::size_t leaves_of(std::size_t trial) const {
        return leaves_of_trials.empty() ? leaves : leaves_of_trials[trial];
    }
    bool has_several_nodes() const;
    /// Ranks without a group, ascending.
    std::vector<int> unused_ranks() const;
};

/// What the user asked for.
struct PlanRequest {
    std::size_t leaves = 1;              ///< of a batch, the minimum over the trials
    std::optional<int> ranks_per_trial;  ///< none: automatic
    bool elastic = true;                 ///< see Plan
};

/// Makes a plan without measured costs (choose_plan uses them). Automatic group sizes: with fewer ranks than trials
/// each rank is a group; with more, every trial has a group. A step takes as long as the rank with the most leaves, so
/// that with 4 leaves a group of 3 ranks, hardly faster than 2, is made only of ranks that are left over. If each node
/// has consecutive ranks and at least one trial, no group lies on two nodes, and the trials are distributed over the
/// nodes in turns. The queue begins with the highest dropout, which is expected to train longest, since it delays early
/// stopping. Local: no communication; equal arguments give equal plans.
/// @param ended  numbers of the trials that have ended; not all trials
/// @param nodes  [ranks] a number that ranks of the same node share; empty: one node
/// @throws Error  usage: ranks_per_trial exceeds the number of ranks or of leaves
Plan make_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
               const std::set<std::size_t>& ended = {}, std::span<const int> nodes = {});

/// Sets plan.epoch_seconds, and sorts the queue by the expected time of the trials, longest first. Local: no
/// communication.
/// @param epoch_seconds  [trials] of one rank alone, in any unit
void expect(Plan& plan, std::vector<double> epoch_seconds, const std::vector<Trial>& trials,
            const ByChoices<EpochForecast>& forecasts);

/// The plan in a few lines for the user, each ended by a newline. Local: no communication.
/// @param decides  whether more trials than those of the queue may follow
std::string describe(const Plan& plan, const std::vector<Trial>& trials, bool decides = false);

}  // namespace dropsweep::sweep
