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
/// Everything that comes from outside (paths, host names, options) is escaped. Local: no communication.
/// @throws Error  missing_input: a plot cannot be read; bad_data: one is not a whole SVG file; failure: libpng cannot
///                encode an image
std::string page(const RunRecord& record, const Comparison& comparison,
                 const std::optional<Classification>& classification, const std::filesystem::path& plots);

}  // namespace dropsweep::report
