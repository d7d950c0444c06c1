#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/prediction.hpp"

namespace dropsweep::sweep {

/// The plan that was chosen for its predicted time.
struct PlanChoice {
    PlanRequest request;  ///< make_plan makes the groups of it
    Plan plan;
    Prediction prediction;
};

/// Tries the groups of make_plan and groups of 2, 4, 8 ... ranks. Of those whose predicted time is within 5 % of the
/// least, takes those of make_plan, then the smallest: no more than that is known of the time beforehand. What is asked
/// for is obeyed. The trials that are expected to take the most seconds come first.
/// Local: no communication; equal arguments give equal choices.
/// @param costs  of all trials that have not ended; the nodes are those of the ranks
/// @param ended  as make_plan; what they have trained of the others is not considered
/// @throws Error  as make_plan
PlanChoice choose_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                       const ByChoices<EpochForecast>& forecasts, const ByChoices<CostModel>& costs,
                       const std::set<std::size_t>& ended = {});

}  // namespace dropsweep::sweep
