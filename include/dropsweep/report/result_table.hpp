// The table that a run prints at its end.
#pragma once

#include <map>
#include <string>

#include "dropsweep/report/comparison.hpp"

namespace dropsweep::report {

/// A line per setting with the mean over its seeds of epochs, best_val_loss, val_loss, val_accuracy and test accuracy,
/// the last with its sample standard deviation. Trials without kept weights are left out of the means and named below
/// with their status. Local: no communication.
/// @param reasons  why a trial failed, by its id, where that is known; none empty
std::string result_table(const Comparison& comparison, const std::map<std::string, std::string>& reasons);

}  // namespace dropsweep::report
