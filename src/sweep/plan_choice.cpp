// Predicts the time of each candidate for a plan, and takes the shortest.
#include "dropsweep/sweep/plan_choice.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace dropsweep::sweep {
namespace {

constexpr double kTolerance = 0.05;

/// Values of ranks_per_trial to compare; none: automatic.
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
                       const ByChoices<EpochForecast>& forecasts, const ByChoices<CostModel>& costs,
                       const std::set<std::size_t>& ended) {
    const std::vector<int>& all_nodes = costs.begin()->second.nodes;
    const std::span<const int> nodes =
        std::span(all_nodes).first(std::min(all_nodes.size(), static_cast<std::size_t>(ranks)));
    std::vector<double> epoch_seconds(trials.size());
    std::vector<std::size_t> leaves(trials.size(), request.leaves);
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        if (!costs.has(trials[trial])) continue;
        const CostModel& its_costs = costs.of(trials[trial]);
        epoch_seconds[trial] = its_costs.epoch_seconds(trials[trial].dropout.value(), std::array{1});
        leaves[trial] = its_costs.leaves;
    }
    std::vector<PlanChoice> candidates;
    for (const std::optional<int> size : candidate_ranks(ranks, request)) {
        PlanChoice& candidate = candidates.emplace_back();
        PlanRequest of_size = request;
        of_size.ranks_per_trial = size;
        candidate.plan = make_plan(trials, ranks, of_size, ended, nodes);
        candidate.plan.leaves_of_trials = leaves;
        candidate.plan.lends_across_nodes =
            std::ranges::all_of(costs, [](const auto& each) { return each.second.pays_across_nodes(); });
        expect(candidate.plan, epoch_seconds, trials, forecasts);
        candidate.prediction = predict(candidate.plan, trials, forecasts, costs);
    }
    const auto seconds = [](const PlanChoice& choice) { return choice.prediction.seconds; };
    const double least = seconds(*std::ranges::min_element(candidates, {}, seconds));
    return *std::ranges::find_if(candidates,
                                 [&](const PlanChoice& each) { return seconds(each) <= (1 + kTolerance) * least; });
}

}  // namespace dropsweep::sweep
