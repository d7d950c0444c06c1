#pragma once

#include <map>
#include <string>

#include "dropsweep/report/comparison.hpp"

namespace dropsweep::report {

/// The table of a sweep: a line per dropout value with the mean over its seeds of epochs, val_loss, val_accuracy and
/// test accuracy, the last with its sample standard deviation. Trials without kept weights are left out of the means
/// and named below with their status.
/// @param reasons  why a trial failed, by its id, where that is known; none empty
std::string result_table(const Comparison& comparison, const std::map<std::string, std::string>& reasons);

}  // namespace dropsweep::report
