// Prediction of the duration of a plan by simulating its schedule.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"

namespace dropsweep::sweep {

/// Seconds since the start of the sweep.
struct Prediction {
    struct TrialTime {
        double start_seconds = 0;
        double end_seconds = 0;
    };
    double seconds = 0;             ///< until the last trial has ended
    double busy_share = 0;          ///< fraction of ranks * seconds in which a rank has a trial
    std::vector<TrialTime> trials;  ///< [trials]; zero for those that are not in the queue
};

/// Simulates a sweep in virtual time with the decisions of Schedule. Messages and files take no time; the schedule
/// learns the epochs of a trial only when it has ended. Local: no communication.
/// @param forecasts  of the schedule at the start
/// @param epochs     [trials] after which each trial ends
Prediction play(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                const ByChoices<CostModel>& costs, std::span<const std::uint32_t> epochs);

/// The mean of several simulations with epochs drawn from the forecasts; equal arguments give equal predictions.
/// Local: no communication.
Prediction predict(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                   const ByChoices<CostModel>& costs);

/// A line for the user, ended by a newline.
std::string describe(const Prediction& prediction);

}  // namespace dropsweep::sweep
