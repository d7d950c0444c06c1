#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

namespace dropsweep::report {

/// The class whose mistakes are drawn unless the user names another: the eight, as in the published experiment, or the
/// last class when there are fewer.
std::size_t default_digit(const std::optional<Classification>& classification);

/// Writes what is made from the tables of a run: statistics.csv, verdict.txt, report.json, plots/ and
/// report.html.
/// Local: no communication.
/// @param directory  of the run, which holds its tables
/// @param digit      the class whose mistakes are drawn
/// @return  what the user has to know about it, e.g. that gnuplot is missing; one line each
/// @throws Error  io_error; failure: gnuplot fails
std::vector<std::string> write_report(const std::filesystem::path& directory, const RunRecord& record,
                                      const Comparison& comparison, const std::optional<Classification>& classification,
                                      std::size_t digit);

}  // namespace dropsweep::report
