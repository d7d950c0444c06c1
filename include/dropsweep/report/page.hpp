// Makes report.html, the page of a run.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace dropsweep::report {

/// report.html: report.json inside of a page with a script that draws it, for screen, phone and paper; it loads nothing
/// from elsewhere. The script inserts strings from outside (paths, host names, options) as text, never as HTML.
/// Local: no communication.
/// @param report  see report_json
std::string page(const nlohmann::ordered_json& report);

}  // namespace dropsweep::report
