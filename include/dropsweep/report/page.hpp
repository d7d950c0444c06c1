// Makes report.html, the page of a run.
#pragma once

#include <string>

namespace dropsweep::report {

/// report.html: report.json inside of a page with a script that draws it, for screen, phone and paper; it loads nothing
/// from elsewhere. The script inserts strings from outside (paths, host names, options) as text, never as HTML.
/// Local: no communication.
/// @param report  the text of report.json
std::string page(std::string report);

}  // namespace dropsweep::report
