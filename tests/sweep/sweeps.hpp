// Trials, forecasts and costs that are easy to reckon with.
#pragma once

#include "dropsweep/sweep/cost_model.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::sweep {

inline std::vector<Trial> trials_of(const std::string& dropouts, const std::vector<std::uint64_t>& seeds = {1}) {
    return make_trials(parse_dropout_list(dropouts), seeds);
}

inline EpochForecast forecast(std::optional<std::uint32_t> patience = std::nullopt, std::uint32_t epochs = 20) {
    train::TrainingOptions options;
    options.patience = patience;
    options.epochs = epochs;
    return EpochForecast(options);
}

/// An epoch takes as many seconds as the busiest rank has leaves, everything else none.
inline CostModel unit_costs(std::size_t leaves) {
    CostModel costs;
    costs.leaves = leaves;
    costs.steps[0] = {1, static_cast<double>(leaves)};
    costs.steps_per_epoch = 1;
    return costs;
}

}  // namespace dropsweep::sweep
