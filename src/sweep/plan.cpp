// Lays out groups over nodes, and tells the user of it.
#include "dropsweep/sweep/plan.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::sweep {
namespace {

/// The range of ranks of each node, or one range of all ranks if those of a node are not consecutive.
std::vector<linalg::Range> runs_of_nodes(const std::vector<int>& nodes) {
    std::vector<linalg::Range> runs;
    std::set<int> seen;
    for (std::size_t rank = 0; rank < nodes.size(); ++rank) {
        if (rank == 0 || nodes[rank] != nodes[rank - 1]) {
            if (!seen.insert(nodes[rank]).second) return {{0, nodes.size()}};
            runs.push_back({rank, rank});
        }
        ++runs.back().end;
    }
    return runs;
}

/// The sizes of so many groups on so many ranks, descending. A step takes as long as the rank with the most leaves, so
/// that another rank helps only if it makes this number smaller. First all groups get the same size, the least with the
/// same most leaves; then the first ones grow to the next size that helps; ranks that are left over go to any group.
std::vector<std::size_t> group_sizes(std::size_t groups, std::size_t ranks, std::size_t leaves) {
    const auto most_leaves = [&](std::size_t size) { return linalg::part_of(leaves, size, 0).size(); };
    std::size_t size = std::min(ranks / groups, leaves);
    while (size > 1 && most_leaves(size - 1) == most_leaves(size)) --size;
    std::vector<std::size_t> sizes(groups, size);
    std::size_t left = ranks - groups * size;
    for (std::size_t& each : sizes) {
        std::size_t better = each + 1;
        while (better < leaves && most_leaves(better) == most_leaves(each)) ++better;
        if (each >= leaves || better - each > left) break;
        left -= better - each;
        each = better;
    }
    for (std::size_t& each : sizes) {
        if (left == 0 || each >= leaves) continue;
        ++each;
        --left;
    }
    std::ranges::sort(sizes, std::ranges::greater());
    return sizes;
}

/// A group for each trial; each run of ranks gets trials in proportion to its ranks.
/// @param trials  at most the number of ranks
/// @return  the groups in each run, by descending size
std::vector<std::vector<Group>> share_out(std::size_t trials, const std::vector<linalg::Range>& runs,
                                          std::size_t leaves) {
    std::vector<std::vector<Group>> groups;
    for (const linalg::Range& run : runs) {
        const auto trials_before = [&](std::size_t rank) {
            return (trials * rank + runs.back().end / 2) / runs.back().end;
        };
        const std::size_t share = trials_before(run.end) - trials_before(run.begin);
        std::vector<Group>& own = groups.emplace_back();
        std::size_t next = run.begin;
        if (share == 0) continue;
        for (const std::size_t size : group_sizes(share, run.size(), leaves)) {
            own.push_back({static_cast<int>(next), static_cast<int>(size)});
            next += size;
        }
    }
    return groups;
}

std::vector<Group> lay_out(std::size_t trials, const std::vector<int>& nodes, const PlanRequest& request) {
    const std::size_t ranks = nodes.size();
    std::vector<Group> groups;
    if (request.ranks_per_trial) {
        const int size = *request.ranks_per_trial;
        const auto most = static_cast<int>(std::min(trials, ranks / static_cast<std::size_t>(size)));
        for (int g = 0; g < most; ++g) groups.push_back({g * size, size});
        return groups;
    }
    trials = std::min(trials, ranks);
    std::vector<std::vector<Group>> on_nodes = share_out(trials, runs_of_nodes(nodes), request.leaves);
    if (std::ranges::any_of(on_nodes, &std::vector<Group>::empty)) {
        on_nodes = share_out(trials, {{0, ranks}}, request.leaves);
    }
    for (std::size_t turn = 0; groups.size() < trials; ++turn) {
        for (const std::vector<Group>& own : on_nodes) {
            if (turn < own.size()) groups.push_back(own[turn]);
        }
    }
    std::ranges::stable_sort(groups, std::ranges::greater{}, &Group::ranks);
    return groups;
}

/// Ascending ranks as "ranks 0-3, 8", shortened after kMostRuns runs.
std::string describe_ranks(const std::vector<int>& ranks) {
    std::vector<std::string> runs;
    for (std::size_t begin = 0, end = 0; begin < ranks.size(); begin = end) {
        for (end = begin + 1; end < ranks.size() && ranks[end] == ranks[end - 1] + 1;) ++end;
        runs.push_back(end == begin + 1 ? fmt::to_string(ranks[begin])
                                        : fmt::format("{}-{}", ranks[begin], ranks[end - 1]));
    }
    return fmt::format("{} {}", ranks.size() == 1 ? "rank" : "ranks", text::listed(runs, 4));
}

/// One line for all groups of a size.
std::string describe_groups(const Plan& plan) {
    std::string text;
    for (std::size_t begin = 0, end = 0; begin < plan.groups.size(); begin = end) {
        const int size = plan.groups[begin].ranks;
        std::vector<int> ranks;
        for (; end < plan.groups.size() && plan.groups[end].ranks == size; ++end) {
            for (int rank = 0; rank < size; ++rank) ranks.push_back(plan.groups[end].first_rank + rank);
        }
        std::ranges::sort(ranks);
        text += fmt::format("  {} of {} ({})\n", text::counted(end - begin, "group"),
                            text::counted(static_cast<std::size_t>(size), "rank"), describe_ranks(ranks));
    }
    return text;
}

std::size_t most_leaves(const Plan& plan) {
    return plan.leaves_of_trials.empty() ? plan.leaves : std::ranges::max(plan.leaves_of_trials);
}

/// Whether a free rank may be able to join a group.
bool can_lend(const Plan& plan) {
    const int smallest = plan.groups.back().ranks;
    return plan.elastic && smallest < plan.ranks && static_cast<std::size_t>(smallest) < most_leaves(plan);
}

}  // namespace

bool Plan::has_several_nodes() const {
    return std::ranges::adjacent_find(nodes, std::ranges::not_equal_to()) != nodes.end();
}

std::vector<int> Plan::unused_ranks() const {
    std::set<int> unused;
    for (int rank = 0; rank < ranks; ++rank) unused.insert(rank);
    for (const Group& group : groups) {
        for (int rank = 0; rank < group.ranks; ++rank) unused.erase(group.first_rank + rank);
    }
    return {unused.begin(), unused.end()};
}

Plan make_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
               const std::set<std::size_t>& ended, std::span<const int> nodes) {
    if (request.ranks_per_trial && *request.ranks_per_trial > ranks) {
        throw Error(
            ExitCode::usage,
            fmt::format("--ranks-per-trial {} but there are only {}; launch more (mpirun -n {}) or ask for fewer",
                        *request.ranks_per_trial, text::counted(static_cast<std::size_t>(ranks), "rank"),
                        *request.ranks_per_trial));
    }
    if (request.ranks_per_trial && static_cast<std::size_t>(*request.ranks_per_trial) > request.leaves) {
        throw Error(ExitCode::usage,
                    fmt::format("--ranks-per-trial {} but a batch has only {}: a rank without one has nothing to do; "
                                "ask for fewer ranks, or make the batches larger or --leaf-rows smaller",
                                *request.ranks_per_trial, text::counted(request.leaves, "leaf", "leaves")));
    }
    Plan plan;
    plan.ranks = ranks;
    assert(nodes.empty() || nodes.size() == static_cast<std::size_t>(ranks));
    plan.nodes.assign(nodes.begin(), nodes.end());
    plan.nodes.resize(static_cast<std::size_t>(ranks));
    plan.groups = lay_out(trials.size() - ended.size(), plan.nodes, request);
    plan.elastic = request.elastic;
    plan.leaves = request.leaves;
    plan.epoch_seconds.assign(trials.size(), 1);
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        if (!ended.contains(trial)) plan.queue.push_back(trial);
    }
    std::ranges::stable_sort(plan.queue,
                             [&](std::size_t a, std::size_t b) { return trials[a].dropout > trials[b].dropout; });
    return plan;
}

void expect(Plan& plan, std::vector<double> epoch_seconds, const std::vector<Trial>& trials,
            const ByChoices<EpochForecast>& forecasts) {
    plan.epoch_seconds = std::move(epoch_seconds);
    std::vector<double> seconds(trials.size());
    for (const std::size_t trial : plan.queue) {
        seconds[trial] =
            forecasts.of(trials[trial]).expected(trials[trial].dropout.value()) * plan.epoch_seconds[trial];
    }
    std::ranges::stable_sort(plan.queue, std::ranges::greater{}, [&](std::size_t trial) { return seconds[trial]; });
}

std::string describe(const Plan& plan, const std::vector<Trial>& trials, bool decides) {
    const std::size_t count = plan.queue.size();
    std::string what = text::counted(trials.size(), "trial");
    if (decides) {
        what = fmt::format("at first {}", text::counted(count, "trial"));
    } else if (count < trials.size()) {
        what = fmt::format("the last {} of {}", count, what);
    }
    std::string text =
        fmt::format("plan: {} on {}, {} per trial\n", what, text::counted(static_cast<std::size_t>(plan.ranks), "rank"),
                    plan.leaves == most_leaves(plan) ? text::counted(plan.leaves, "leaf", "leaves")
                                                     : fmt::format("{} to {} leaves", plan.leaves, most_leaves(plan)));
    text += describe_groups(plan);
    if (count > plan.groups.size()) {
        text += fmt::format("  a free group takes the next trial, the longest expected first: {} ... {}\n",
                            trials[plan.queue.front()].id(), trials[plan.queue.back()].id());
    }
    const bool lends = can_lend(plan);
    if (lends) {
        const char* from = plan.lends_across_nodes ? ", also from other nodes" : ", each on its own node";
        text += fmt::format("  when no trial waits, free ranks join those that run, up to {} per trial{}\n",
                            most_leaves(plan), plan.has_several_nodes() ? from : "");
    }
    const std::vector<int> unused = plan.unused_ranks();
    if (!unused.empty()) {
        text += fmt::format("  {}: {}, because {}\n", lends ? "not used at first" : "not used", describe_ranks(unused),
                            plan.groups.size() == count ? "every trial has a group and no group can take more"
                                                        : "they are fewer than a group needs");
    }
    return text;
}

}  // namespace dropsweep::sweep
