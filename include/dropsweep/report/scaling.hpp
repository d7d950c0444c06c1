// What `dropsweep plan` predicts for increasing numbers of ranks: as a table, a CSV file and a plot.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/sweep/scaling.hpp"

// Columns are defined in results/README.md. `points` are at least one. Local: no communication.
namespace dropsweep::report {

/// A table for the user, and a sentence that says up to which number more ranks help.
std::string scaling_table(const std::vector<sweep::ScalingPoint>& points);

/// plan.csv.
std::string scaling_csv(const std::vector<sweep::ScalingPoint>& points);

/// Draws plan.png and plan.svg into `directory`, and writes plan.gp, which draws them again.
/// @param subtitle  what is planned, on which machine
/// @return  false when gnuplot is not installed: then only the script is written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
bool draw_scaling(const std::filesystem::path& directory, const std::vector<sweep::ScalingPoint>& points,
                  const std::string& subtitle);

}  // namespace dropsweep::report
