#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/prediction.hpp"

namespace dropsweep::sweep {

/// Numbers of shards that come into question, ascending: the one that is asked for, or else 1, 2, 4, 8 and 16 up to the
/// number of ranks, and one for each rank of the largest group that make_plan would lay out; none below
/// request.ranks_per_trial or above batch_size. Local: no communication.
/// @param nodes  of each rank, see make_plan
std::vector<std::size_t> candidate_shards(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                                          std::size_t batch_size, std::span<const int> nodes = {});

/// The plan that was chosen for its predicted time.
struct PlanChoice {
    PlanRequest request;  ///< make_plan makes the plan of it
    Plan plan;
    Prediction prediction;
    std::map<std::size_t, double> seconds;  ///< by the shards that came into question: the least predicted
};

/// Tries the groups of make_plan and groups of 2, 4, 8 ... ranks with each number of shards of `costs`. Of those whose
/// predicted time is within 5 % of the least, takes the fewest shards, then the groups of make_plan, then the smallest:
/// no more than that is known of the time beforehand. What is asked for is obeyed.
/// Local: no communication; equal arguments give equal choices.
/// @throws Error  as make_plan
PlanChoice choose_plan(const std::vector<Trial>& trials, int ranks, const PlanRequest& request,
                       const EpochForecast& forecast, const CostModel& costs);

/// The prediction and the alternatives in a line for the user, ended by a newline.
std::string describe(const PlanChoice& choice);

}  // namespace dropsweep::sweep
