#include "dropsweep/sweep/plan_choice.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"

namespace dropsweep::sweep {
namespace {

constexpr double kTolerance = 0.05;

/// Of the groups that begin with one trial each.
std::vector<std::optional<int>> candidate_ranks(int ranks, std::size_t shards, const PlanRequest& request) {
    if (request.ranks_per_trial) return {request.ranks_per_trial};
    std::vector<std::optional<int>> candidates = {std::nullopt};
    for (int size = 2; size <= ranks && static_cast<std::size_t>(size) <= shards; size *= 2) candidates.push_back(size);
    return candidates;
}

}  // namespace

std::vector<std::size_t> candidate_shards(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                                          std::size_t batch_size, std::span<const int> nodes) {
    const std::size_t by_rule = make_plan(trials, ranks, request, {}, nodes).shards;
    if (request.shards) return {by_rule};
    constexpr std::size_t kMost = 16;
    const std::size_t least = static_cast<std::size_t>(request.ranks_per_trial.value_or(1));
    std::set<std::size_t> candidates = {std::max(least, std::min(by_rule, batch_size))};
    for (std::size_t shards = 1; shards <= std::min({kMost, static_cast<std::size_t>(ranks), batch_size});
         shards *= 2) {
        if (shards >= least) candidates.insert(shards);
    }
    return {candidates.begin(), candidates.end()};
}

PlanChoice choose_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                       const EpochForecast& forecast, const CostModel& costs) {
    const auto count = std::min(costs.nodes.size(), static_cast<std::size_t>(ranks));
    const std::span<const int> nodes = std::span(costs.nodes).first(count);
    std::vector<PlanChoice> candidates;
    std::map<std::size_t, double> seconds;
    for (const auto& [shards, ignored] : costs.steps) {
        for (const std::optional<int> size : candidate_ranks(ranks, shards, request)) {
            PlanChoice& candidate = candidates.emplace_back();
            candidate.request = {.shards = shards, .ranks_per_trial = size, .elastic = request.elastic};
            candidate.plan = make_plan(trials, ranks, candidate.request, {}, nodes);
            candidate.plan.lends_across_nodes = costs.pays_across_nodes(shards);
            candidate.prediction = predict(candidate.plan, trials, forecast, costs);
            const double predicted = candidate.prediction.seconds;
            const auto known = seconds.emplace(shards, predicted).first;
            known->second = std::min(known->second, predicted);
        }
    }
    const double least = std::ranges::min_element(seconds, {}, [](const auto& each) { return each.second; })->second;
    PlanChoice choice = *std::ranges::find_if(candidates, [least](const PlanChoice& candidate) {
        return candidate.prediction.seconds <= (1 + kTolerance) * least;
    });
    if (!request.shards) {
        choice.plan.why_shards =
            fmt::format("the fewest within {:.0f} % of the least predicted time", 100 * kTolerance);
    }
    choice.seconds = std::move(seconds);
    return choice;
}

std::string describe(const PlanChoice& choice) {
    std::string text = fmt::format("  predicted to take {:.1f} s, ranks idle for {:.0f} % of the time",
                                   choice.prediction.seconds, 100 * std::max(1 - choice.prediction.busy_share, 0.0));
    const char* separator = "; ";
    for (const auto& [shards, seconds] : choice.seconds) {
        if (shards == choice.plan.shards) continue;
        text += fmt::format("{}with {} {:.1f} s", separator, core::counted(shards, "shard"), seconds);
        separator = ", ";
    }
    return text + "\n";
}

}  // namespace dropsweep::sweep
