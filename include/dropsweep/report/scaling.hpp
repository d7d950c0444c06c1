#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dropsweep/sweep/scaling.hpp"

// What `dropsweep plan` says about more and more ranks. Columns are defined in results/README.md.
// Local: no communication.
namespace dropsweep::report {

/// A table and, in a sentence, from where on more ranks do not help; for the user.
std::string scaling_table(const std::vector<sweep::ScalingPoint>& points);

std::string scaling_csv(const std::vector<sweep::ScalingPoint>& points);

/// Draws plan.png and plan.svg into `directory`, and writes plan.gp, which draws them again.
/// @param subtitle  what is planned, on which machine
/// @return  false when gnuplot is not installed: then only the script is written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
bool draw_scaling(const std::filesystem::path& directory, const std::vector<sweep::ScalingPoint>& points,
                  const std::string& subtitle);

}  // namespace dropsweep::report
