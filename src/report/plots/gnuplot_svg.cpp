#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "gnuplot.hpp"

namespace dropsweep::report {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

/// What gnuplot wrote into a JavaScript string within an attribute, as the text of an element. It has escaped '<' and
/// '&', but not always '>'.
std::string element_text(std::string_view text) {
    std::string result(text);
    replace_all(result, ">", "&gt;");
    return result;
}

/// One line with what a data point says, as an element with a title of its own.
std::optional<std::string> value_line(std::string_view line) {
    constexpr std::string_view kBefore = R"js(<g onmousemove="gnuplot_svg.showHypertext(evt,')js";
    constexpr std::string_view kAfter = R"js(')" onmouseout="gnuplot_svg.hideHypertext()"><title> </title>)js";
    const std::size_t before = line.find(kBefore);
    const std::size_t after = line.find(kAfter);
    if (before == std::string_view::npos || after == std::string_view::npos) return std::nullopt;
    const std::size_t start = before + kBefore.size();
    return fmt::format(R"(<g class="value"><title>{}</title>)", element_text(line.substr(start, after - start)));
}

/// "rgb( 68,   1,  84)" as "#440154", wherever it is an attribute.
std::string with_hexadecimal_colors(std::string_view line) {
    std::string result;
    while (true) {
        const std::size_t at = line.find("rgb(");
        const std::size_t end = at == std::string_view::npos ? at : line.find(')', at);
        if (end == std::string_view::npos) return result.append(line);
        result.append(line.substr(0, at)).append("#");
        const char* next = line.data() + at + 4;
        for (int part = 0; part < 3; ++part) {
            while (*next == ' ' || *next == ',') ++next;
            unsigned level = 0;
            next = std::from_chars(next, line.data() + end, level).ptr;
            result += fmt::format("{:02x}", level);
        }
        line.remove_prefix(end + 1);
    }
}

/// The title of a whole curve would pop up over the picture and say "gnuplot_plot_1".
std::string without_curve_title(std::string_view line) {
    const std::size_t start = line.find("<title>");
    const std::size_t end = line.rfind("</title>");
    if (!line.starts_with("\t<g id=\"") || start == std::string_view::npos || end == std::string_view::npos) {
        return std::string(line);
    }
    return std::string(line.substr(0, start)).append(line.substr(end + std::string_view("</title>").size()));
}

/// gnuplot opens a group for every change of its pen and often draws nothing with it, how often depends on what it drew
/// before.
bool closes_empty_group(std::string_view line, std::string_view before) {
    return line == "</g>\n" && before.starts_with("<g fill=\"none\" color=");
}

bool is_text(std::string_view line) {
    const std::size_t start = line.find_first_not_of(" \t");
    return start != std::string_view::npos && line.substr(start).starts_with("<text");
}

}  // namespace

std::string plain_svg(std::string_view svg) {
    std::string result;
    result.reserve(svg.size());
    std::size_t before = 0;  // where the last line of the result starts
    while (!svg.empty()) {
        const std::size_t length = std::min(svg.find('\n'), svg.size() - 1) + 1;
        const std::string_view line = svg.substr(0, length);
        svg.remove_prefix(length);
        if (closes_empty_group(line, std::string_view(result).substr(before))) {
            result.resize(before);
            continue;
        }
        before = result.size();
        if (const auto value = value_line(line)) {
            result += *value + '\n';
        } else if (is_text(line)) {
            std::string text(line);
            replace_all(text, "]]>", "]]&gt;");
            result += text;
        } else {
            std::string plain = without_curve_title(with_hexadecimal_colors(line));
            replace_all(plain, "#FFFFFF", "#ffffff");
            // The outline of a marker, in radii: on a phone gnuplot's would be less than half a pixel wide.
            replace_all(plain, "stroke-width='0.133'", "stroke-width='0.3'");
            // The pattern of a hatched area is styled, everything else has attributes.
            replace_all(plain, "style='fill:none; stroke:#", "fill='none' stroke='#");
            // A browser without this font falls back to one with serifs.
            replace_all(plain, "font-family=\"DejaVu Sans\"", "font-family=\"DejaVu Sans, Verdana, sans-serif\"");
            result += plain;
        }
    }
    return result;
}

}  // namespace dropsweep::report
