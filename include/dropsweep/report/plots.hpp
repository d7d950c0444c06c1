// Draws the plots of a run with gnuplot.
#pragma once

#include <cstddef>
#include <filesystem>

#include <nlohmann/json_fwd.hpp>

namespace dropsweep::report {

/// Draws the plots of report.json into `directory`/plots: for each NAME the gnuplot script NAME.gp, which holds its
/// data and can be run again by hand, and NAME.png and NAME.svg. Plots without data are left out, and their files from
/// an earlier call removed.
/// @param report  see report_json
/// @param digit   the class whose mistakes are drawn as failure<digit>
/// @return  false when gnuplot is not installed: then only the scripts are written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
/// Local: no communication.
bool draw_plots(const std::filesystem::path& directory, const nlohmann::ordered_json& report, std::size_t digit);

}  // namespace dropsweep::report
