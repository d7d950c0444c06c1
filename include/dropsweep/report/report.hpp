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

/// The class whose mistakes are drawn unless the user names another: the eight, as in the published experiment, or the
/// last class when there are fewer.
std::size_t default_digit(const std::optional<record::Classification>& classification);

/// Writes what is made from the tables of a run: statistics.csv, verdict.txt, report.json, plots/ and
/// report.html.
/// Local: no communication.
/// @param directory  of the run, which holds its tables
/// @param digit      the class whose mistakes are drawn
/// @return  what the user has to know about it, e.g. that gnuplot is missing; one line each
/// @throws Error  io_error; failure: gnuplot fails
std::vector<std::string> write_report(const std::filesystem::path& directory, const record::RunRecord& record,
                                      const Comparison& comparison,
                                      const std::optional<record::Classification>& classification, std::size_t digit);

}  // namespace dropsweep::report
