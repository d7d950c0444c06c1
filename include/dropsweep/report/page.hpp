#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace dropsweep::report {

/// report.html: the facts of report.json in a page with a script that draws them, for screen, phone and paper, without
/// a request to anywhere. The script puts what comes from outside (paths, host names, options) in as text, never as
/// HTML. Local: no communication.
std::string page(const nlohmann::ordered_json& report);

}  // namespace dropsweep::report
