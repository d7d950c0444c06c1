#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::report {

/// The table at the end of a sweep: a line per dropout value with the mean over its seeds of epochs, val_loss,
/// val_accuracy and test accuracy, the last with its sample standard deviation. Trials without kept weights are left
/// out of the means and named below.
/// @param outcomes  [trials]
std::string result_table(const std::vector<sweep::Trial>& trials,
                         const std::vector<std::optional<sweep::TrialOutcome>>& outcomes);

}  // namespace dropsweep::report
