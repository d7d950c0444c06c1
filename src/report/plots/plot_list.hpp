// The plots of report.json, without those that have no data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gnuplot.hpp"

namespace dropsweep::report {

/// loss, train_loss_dropout, val_loss_dropout, val_acc_dropout, test_accuracy.
std::vector<Plot> training_plots(const nlohmann::ordered_json& report);
/// race, difference; effects, and pair-<option>-<option> for each two.
std::vector<Plot> option_plots(const nlohmann::ordered_json& report);
/// timeline.
std::vector<Plot> timeline_plots(const nlohmann::ordered_json& report);
/// fscore, confusion, failure<digit>.
std::vector<Plot> class_plots(const nlohmann::ordered_json& classification, std::size_t digit);

/// A share as a percentage, between 0 and 100 %; not a number where there is none.
double percent(const nlohmann::ordered_json& share);

/// "dropout p", or the option's name.
std::string axis_title(const nlohmann::ordered_json& report);

}  // namespace dropsweep::report
