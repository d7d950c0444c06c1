// The choice of the plan with the least predicted time.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/prediction.hpp"

namespace dropsweep::sweep {

struct PlanChoice {
    Plan plan;
    Prediction prediction;
};

/// Candidates are the automatic groups of make_plan and groups of 2, 4, 8 ... ranks; with request.ranks_per_trial that
/// size only. Of the candidates within 5 % of the least predicted time, the accuracy of a prediction, the first one is
/// chosen. The queue begins with the trials that are expected to take longest. Local: no communication; equal arguments
/// give equal choices.
/// @param costs  of all trials that have not ended; CostModel::nodes are the nodes of the ranks
/// @param ended  as for make_plan; epochs that other trials have trained before are not considered
/// @throws Error  as make_plan
PlanChoice choose_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                       const ByChoices<EpochForecast>& forecasts, const ByChoices<CostModel>& costs,
                       const std::set<std::size_t>& ended = {});

}  // namespace dropsweep::sweep
