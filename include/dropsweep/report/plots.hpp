#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

namespace dropsweep::report {

/// Draws the plots into `directory`/plots: for each NAME the gnuplot script NAME.gp, which holds its data and can be
/// run again by hand, and NAME.png and NAME.svg. Without a classification its three plots are left out.
/// @param digit  the class whose mistakes are drawn as failure<digit>
/// @return  false when gnuplot is not installed: then only the scripts are written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
/// Local: no communication.
bool draw_plots(const std::filesystem::path& directory, const RunRecord& record, const Comparison& comparison,
                const std::optional<Classification>& classification, std::size_t digit);

}  // namespace dropsweep::report
