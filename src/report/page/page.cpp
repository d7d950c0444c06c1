// Puts report.json into the template of the page.
#include "dropsweep/report/page.hpp"

#include <string_view>

#include "page_template.hpp"

namespace dropsweep::report {

std::string page(std::string report) {
    constexpr std::string_view kPlace = "{{REPORT}}";
    // JSON has '<' only inside of strings; unescaped, "</script>" in one would end the script element.
    for (std::size_t at = 0; (at = report.find('<', at)) != std::string::npos;) report.replace(at, 1, "\\u003c");
    const std::size_t place = kPageTemplate.find(kPlace);
    return report.insert(0, kPageTemplate.substr(0, place)).append(kPageTemplate.substr(place + kPlace.size()));
}

}  // namespace dropsweep::report
