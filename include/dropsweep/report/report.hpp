// Writes the report of a run: statistics, verdict, report.json, plots and page.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/record/classification.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/report/comparison.hpp"

namespace dropsweep::report {

/// The class whose mistakes are drawn unless the user names another: class 8, as in the published experiment, or the
/// last one when there are fewer.
std::size_t default_digit(const std::optional<record::Classification>& classification);

/// Writes statistics.csv, verdict.txt, report.json, plots/ and, last of all, report.html. Local: no communication.
/// @param directory  of the run, which holds its tables
/// @param digit      the class whose mistakes are drawn
/// @return  warnings for the user, one line each: that gnuplot is missing or has failed
/// @throws Error  io_error
std::vector<std::string> write_report(const std::filesystem::path& directory, const record::RunRecord& record,
                                      const Comparison& comparison,
                                      const std::optional<record::Classification>& classification, std::size_t digit);

}  // namespace dropsweep::report
