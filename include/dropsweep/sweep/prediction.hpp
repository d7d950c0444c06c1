#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/plan.hpp"

namespace dropsweep::sweep {

/// What a plan is expected to take, or does take where the epochs are known. Seconds count from the start of the sweep.
struct Prediction {
    struct TrialTime {
        double start_seconds = 0;
        double end_seconds = 0;
    };
    double seconds = 0;             ///< until the last trial has ended
    double busy_share = 0;          ///< of ranks * seconds: with a trial
    std::vector<TrialTime> trials;  ///< [trials]; zero for those that are not in the queue
};

/// Plays a sweep through in virtual time, with the decisions of Schedule. Messages and files take none; the coordinator
/// knows the epochs of a trial only when it has ended. Local: no communication.
/// @param forecasts  what the coordinator expects at the start
/// @param epochs  [trials] after which each ends
Prediction play(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                const ByChoices<CostModel>& costs, std::span<const std::uint32_t> epochs);

/// The mean of several sweeps whose epochs are drawn from the forecast; equal arguments give equal predictions.
/// Local: no communication.
Prediction predict(const Plan& plan, const std::vector<Trial>& trials, const ByChoices<EpochForecast>& forecasts,
                   const ByChoices<CostModel>& costs);

/// In a line for the user, ended by a newline.
std::string describe(const Prediction& prediction);

}  // namespace dropsweep::sweep
