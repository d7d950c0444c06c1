#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/sweep/plan_choice.hpp"

namespace dropsweep::sweep {

/// What a sweep is expected to take on so many ranks.
struct ScalingPoint {
    Plan plan;
    double seconds = 0;
    double speedup = 0;  ///< seconds on one rank / seconds
    double efficiency() const { return speedup / plan.ranks; }
};

/// The chosen plan on 1, 2, 4 ... ranks and on `ranks`; not on fewer than request.ranks_per_trial.
/// Local: no communication.
/// @param ranks  at least request.ranks_per_trial
std::vector<ScalingPoint> predict_scaling(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                                          const ByChoices<EpochForecast>& forecasts, const ByChoices<CostModel>& costs);

/// The number of the first point that no later one beats by more than 5 %.
std::size_t last_that_helps(const std::vector<ScalingPoint>& points);

}  // namespace dropsweep::sweep
