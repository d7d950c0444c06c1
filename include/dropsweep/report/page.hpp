#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

namespace dropsweep::report {

/// report.html: one self-contained page, without a request to anywhere, for a phone, paper, light and dark.
/// @param plots  the directory with the plots' SVG files; those that are not there are left out
/// Everything that comes from outside (paths, host names, options) is escaped.
std::string page(const RunRecord& record, const Comparison& comparison,
                 const std::optional<Classification>& classification, const std::filesystem::path& plots);

}  // namespace dropsweep::report
