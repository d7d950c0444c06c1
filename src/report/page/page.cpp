// Puts report.json into the template of the page.
#include "dropsweep/report/page.hpp"

#include <string_view>

#include <nlohmann/json.hpp>

#include "page_template.hpp"

namespace dropsweep::report {

std::string page(const nlohmann::ordered_json& report) {
    constexpr std::string_view kPlace = "{{REPORT}}";
    std::string json = report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    // JSON has '<' only inside of strings; unescaped, "</script>" in one would end the script element.
    for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;) json.replace(at, 1, "\\u003c");
    const std::size_t place = kPageTemplate.find(kPlace);
    return std::string(kPageTemplate.substr(0, place)).append(json).append(kPageTemplate.substr(place + kPlace.size()));
}

}  // namespace dropsweep::report
