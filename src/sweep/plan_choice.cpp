#include "dropsweep/sweep/plan_choice.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

namespace dropsweep::sweep {
namespace {

constexpr double kTolerance = 0.05;

/// Of the groups that begin with one trial each.
std::vector<std::optional<int>> candidate_ranks(int ranks, const PlanRequest& request) {
    if (request.ranks_per_trial) return {request.ranks_per_trial};
    std::vector<std::optional<int>> candidates = {std::nullopt};
    for (int size = 2; size <= ranks && static_cast<std::size_t>(size) <= request.leaves; size *= 2) {
        candidates.push_back(size);
    }
    return candidates;
}

}  // namespace

PlanChoice choose_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                       const EpochForecast& forecast, const CostModel& costs, const std::set<std::size_t>& ended) {
    assert(costs.leaves == request.leaves);
    const auto count = std::min(costs.nodes.size(), static_cast<std::size_t>(ranks));
    const std::span<const int> nodes = std::span(costs.nodes).first(count);
    std::vector<double> epoch_seconds;
    for (const Trial& trial : trials) {
        epoch_seconds.push_back(costs.epoch_seconds(trial.dropout.value(), std::array{1}));
    }
    std::vector<PlanChoice> candidates;
    for (const std::optional<int> size : candidate_ranks(ranks, request)) {
        PlanChoice& candidate = candidates.emplace_back();
        candidate.request = {.leaves = request.leaves, .ranks_per_trial = size, .elastic = request.elastic};
        candidate.plan = make_plan(trials, ranks, candidate.request, ended, nodes);
        candidate.plan.lends_across_nodes = costs.pays_across_nodes();
        expect(candidate.plan, epoch_seconds, trials, forecast);
        candidate.prediction = predict(candidate.plan, trials, forecast, costs);
    }
    const auto seconds = [](const PlanChoice& choice) { return choice.prediction.seconds; };
    const double least = seconds(*std::ranges::min_element(candidates, {}, seconds));
    return *std::ranges::find_if(candidates,
                                 [&](const PlanChoice& each) { return seconds(each) <= (1 + kTolerance) * least; });
}

}  // namespace dropsweep::sweep
