// Predicts a sweep on 1, 2, 4, ... ranks, up to those of a machine.
#include "dropsweep/sweep/scaling.hpp"

#include <algorithm>

namespace dropsweep::sweep {

std::vector<ScalingPoint> predict_scaling(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                                          const ByChoices<EpochForecast>& forecasts,
                                          const ByChoices<CostModel>& costs) {
    const auto choose = [&](int count, const PlanRequest& asked) {
        return choose_plan(trials, count, asked, forecasts, costs);
    };
    const double alone = choose(1, {.leaves = request.leaves, .ranks_per_trial = {}}).prediction.seconds;
    std::vector<int> counts;
    for (int count = 1; count < ranks; count *= 2) {
        if (count >= request.ranks_per_trial.value_or(1)) counts.push_back(count);
    }
    counts.push_back(ranks);
    std::vector<ScalingPoint> points;
    for (const int count : counts) {
        const PlanChoice choice = choose(count, request);
        points.push_back({choice.plan, choice.prediction.seconds, alone / choice.prediction.seconds});
    }
    return points;
}

std::size_t last_that_helps(const std::vector<ScalingPoint>& points) {
    constexpr double kGain = 0.05;
    double least = points.back().seconds;
    for (const ScalingPoint& point : points) least = std::min(least, point.seconds);
    const auto found = std::ranges::find_if(
        points, [least](const ScalingPoint& point) { return (1 - kGain) * point.seconds <= least; });
    return static_cast<std::size_t>(found - points.begin());
}

}  // namespace dropsweep::sweep
