#include "page_parts.hpp"

#include <cmath>

#include <fmt/format.h>

#include "html.hpp"

namespace dropsweep::report {
namespace {

std::string typographic(std::string text) {
    // What rounds to zero has no sign.
    if (text.find_first_of("123456789") == std::string::npos && text.find_first_of("+-") == 0) text.erase(0, 1);
    return text.starts_with('-') ? fmt::format("\u2212{}", text.substr(1)) : text;
}

std::string cell(const Cell& cell, std::string_view tag, std::string_view attributes) {
    return fmt::format("<{0}{1}{2}>{3}</{0}>", tag, attributes, cell.is_number ? " class=\"number\"" : "", cell.html);
}

}  // namespace

std::string number(double value, int places) {
    return std::isfinite(value) ? typographic(fmt::format("{:.{}f}", value, places)) : std::string(kNone);
}

std::string signed_number(double value, int places) {
    return std::isfinite(value) ? typographic(fmt::format("{:+.{}f}", value, places)) : std::string(kNone);
}

std::string p_value(double p) {
    if (p < 0.001) return "&lt; 0.001";
    return number(p, 3);
}

std::string duration(double seconds) {
    if (seconds < 60) return fmt::format("{:.{}f} s", seconds, seconds < 10 ? 1 : 0);
    const auto whole = static_cast<long long>(std::lround(seconds));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

Table::Table(std::string_view label, const std::vector<Cell>& head) {
    html_ = fmt::format(R"(<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>)", escape(label));
    html_ += "\n<thead><tr>";
    for (const Cell& each : head) html_ += cell(each, "th", " scope=\"col\"");
    html_ += "</tr></thead>\n<tbody>\n";
}

void Table::add(const std::vector<Cell>& cells, std::string_view css_class) {
    html_ += css_class.empty() ? "<tr>" : fmt::format(R"(<tr class="{}">)", css_class);
    bool is_first = true;
    for (const Cell& each : cells) {
        html_ += is_first ? cell(each, "th", " scope=\"row\"") : cell(each, "td", "");
        is_first = false;
    }
    html_ += "</tr>\n";
}

std::string Table::html() const {
    return html_ + "</tbody></table></div>\n";
}

void Facts::add(std::string_view name, const std::string& value) {
    if (!value.empty()) rows_ += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), value);
}

std::string Facts::html() const {
    return "<dl class=\"facts\">\n" + rows_ + "</dl>\n";
}

}  // namespace dropsweep::report
