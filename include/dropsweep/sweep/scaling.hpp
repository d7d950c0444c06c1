// Prediction of the time of a sweep for increasing numbers of ranks.
#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/sweep/plan_choice.hpp"

namespace dropsweep::sweep {

/// The prediction for plan.ranks ranks.
struct ScalingPoint {
    Plan plan;
    double seconds = 0;  ///< of the sweep
    double speedup = 0;  ///< seconds on one rank / seconds
    /// Parallel efficiency, speedup / ranks.
    double efficiency() const { return speedup / plan.ranks; }
};

/// The plans of choose_plan for 1, 2, 4 ... ranks and for `ranks`, without those below request.ranks_per_trial.
/// Local: no communication.
/// @param ranks  at least request.ranks_per_trial
std::vector<ScalingPoint> predict_scaling(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                                          const ByChoices<EpochForecast>& forecasts, const ByChoices<CostModel>& costs);

/// The index of the first point whose time no other point is below by more than 5 %.
std::size_t last_that_helps(const std::vector<ScalingPoint>& points);

}  // namespace dropsweep::sweep
