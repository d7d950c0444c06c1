#include "dropsweep/sweep/plan.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/partition.hpp"

namespace dropsweep::sweep {
namespace {

std::vector<int> group_sizes(std::size_t trials, int ranks, const PlanRequest& request) {
    if (request.ranks_per_trial) {
        const auto groups = std::min(trials, static_cast<std::size_t>(ranks / *request.ranks_per_trial));
        return std::vector<int>(groups, *request.ranks_per_trial);
    }
    const std::size_t groups = std::min(trials, static_cast<std::size_t>(ranks));
    std::vector<int> sizes;
    for (std::size_t g = 0; g < groups; ++g) {
        // With fewer ranks than trials these parts have one rank each.
        const std::size_t share = core::part_of(static_cast<std::size_t>(ranks), groups, g).size();
        sizes.push_back(static_cast<int>(std::min(share, request.shards.value_or(share))));
    }
    return sizes;
}

std::string plural(std::size_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string rank_range(int first, int count) {
    return count == 1 ? fmt::format("rank {}", first) : fmt::format("ranks {}-{}", first, first + count - 1);
}

/// Groups of equal size stand on one line.
std::string describe_groups(const Plan& plan) {
    std::string text;
    for (std::size_t begin = 0; begin < plan.groups.size();) {
        std::size_t end = begin;
        while (end < plan.groups.size() && plan.groups[end].ranks == plan.groups[begin].ranks) ++end;
        const std::size_t count = end - begin;
        const int first = plan.groups[begin].first_rank;
        const int ranks = plan.groups[begin].ranks;
        text +=
            fmt::format("  {} of {} ({})\n", plural(count, "group"), plural(static_cast<std::size_t>(ranks), "rank"),
                        rank_range(first, static_cast<int>(count) * ranks));
        begin = end;
    }
    return text;
}

/// Whether a free rank can find a group that has room for it.
bool can_lend(const Plan& plan) {
    const int smallest = plan.groups.back().ranks;
    return plan.elastic && smallest < plan.ranks && static_cast<std::size_t>(smallest) < plan.shards;
}

}  // namespace

std::vector<int> Plan::unused_ranks() const {
    const int used = groups.back().first_rank + groups.back().ranks;
    std::vector<int> unused(static_cast<std::size_t>(ranks - used));
    std::iota(unused.begin(), unused.end(), used);
    return unused;
}

Plan make_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
               const std::set<std::size_t>& ended) {
    if (request.ranks_per_trial && *request.ranks_per_trial > ranks) {
        throw Error(
            ExitCode::usage,
            fmt::format("--ranks-per-trial {} but there are only {}; launch more (mpirun -n {}) or ask for fewer",
                        *request.ranks_per_trial, plural(static_cast<std::size_t>(ranks), "rank"),
                        *request.ranks_per_trial));
    }
    if (request.ranks_per_trial && request.shards &&
        static_cast<std::size_t>(*request.ranks_per_trial) > *request.shards) {
        throw Error(ExitCode::usage,
                    fmt::format("--ranks-per-trial {} with --shards {}: a rank without a shard has nothing to do; give "
                                "at least as many shards as ranks per trial",
                                *request.ranks_per_trial, *request.shards));
    }
    Plan plan;
    plan.ranks = ranks;
    int next_rank = 0;
    for (const int size : group_sizes(trials.size() - ended.size(), ranks, request)) {
        plan.groups.push_back({next_rank, size});
        next_rank += size;
    }
    plan.elastic = request.elastic;
    if (!request.shards) plan.why_shards = "one per rank of the largest group";
    plan.shards = request.shards.value_or(static_cast<std::size_t>(plan.groups.front().ranks));
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        if (!ended.contains(trial)) plan.queue.push_back(trial);
    }
    std::ranges::stable_sort(plan.queue,
                             [&](std::size_t a, std::size_t b) { return trials[a].dropout > trials[b].dropout; });
    return plan;
}

std::string describe(const Plan& plan, const std::vector<Trial>& trials) {
    const std::size_t count = plan.queue.size();
    std::string text = fmt::format(
        "plan: {}{} on {}, {} per trial{}\n", count < trials.size() ? fmt::format("the last {} of ", count) : "",
        plural(trials.size(), "trial"), plural(static_cast<std::size_t>(plan.ranks), "rank"),
        plural(plan.shards, "shard"), plan.why_shards.empty() ? "" : fmt::format(" (auto: {})", plan.why_shards));
    text += describe_groups(plan);
    if (count > plan.groups.size()) {
        text += fmt::format("  a free group takes the next trial, most dropout first (it trains longest): {} ... {}\n",
                            trials[plan.queue.front()].id(), trials[plan.queue.back()].id());
    }
    const bool lends = can_lend(plan);
    if (lends) {
        text += fmt::format("  when no trial waits, free ranks join those that run, up to {} per trial\n", plan.shards);
    }
    if (!plan.why_shards.empty() && plan.ranks > 1) {
        text += fmt::format(
            "  results depend on the number of shards: give --shards {} to get the same ones on any "
            "number of ranks\n",
            plan.shards);
    }
    const std::vector<int> unused = plan.unused_ranks();
    if (!unused.empty()) {
        text += fmt::format("  {}: {}, because {}\n", lends ? "not used at first" : "not used",
                            rank_range(unused.front(), static_cast<int>(unused.size())),
                            plan.groups.size() == count ? "every trial has a group and no group can take more"
                                                        : "they are fewer than a group needs");
    }
    return text;
}

}  // namespace dropsweep::sweep
