#include "svg_inline.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/text.hpp"
#include "dropsweep/core/utf8.hpp"

#include "html.hpp"
#include "xml_reader.hpp"

namespace dropsweep::report {
namespace {

using Names = std::span<const std::string_view>;

bool is_one_of(std::string_view name, Names names) {
    return std::ranges::find(names, name) != names.end();
}

bool is_shown(const XmlPiece& start, bool in_value) {
    constexpr std::string_view kElements[] = {
        "circle", "clipPath", "defs", "ellipse", "feComposite", "feFlood",  "filter", "g",    "image", "line",
        "marker", "mask",     "path", "pattern", "polygon",     "polyline", "rect",   "text", "tspan", "use"};
    return start.name == "title" ? in_value : is_one_of(start.name, kElements);
}

bool is_attribute(std::string_view name) {
    static const std::vector<std::string_view> kAttributes = core::split(
        "class clip-path clip-rule color cx cy d dx dy fill fill-opacity fill-rule filter filterUnits flood-color "
        "flood-opacity font-family font-size font-style font-weight height href id in in2 mask offset opacity operator "
        "patternUnits points preserveAspectRatio r result rx ry shape-rendering stop-color stroke stroke-dasharray "
        "stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor transform viewBox "
        "width x x1 x2 y y1 y2",
        ' ');
    return is_one_of(name, kAttributes);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

/// Puts the plot's name into every "url(#id)"; false when one of the references leaves the page.
bool rename_references(std::string& value, std::string_view plot) {
    constexpr std::string_view kReference = "url(";
    for (std::size_t at = 0; (at = lower_case(value).find(kReference, at)) != std::string::npos;) {
        at += kReference.size();
        if (value.substr(at, 1) != "#") return false;
        value.insert(at + 1, fmt::format("{}-", plot));
    }
    return true;
}

/// The attribute as the page writes it; none: it is left out.
std::optional<XmlAttribute> shown(const XmlAttribute& attribute, std::string_view plot, std::string& value) {
    constexpr std::string_view kColors[] = {"fill", "stroke", "color", "stop-color", "flood-color"};
    const std::string_view name = attribute.name == "xlink:href" ? "href" : attribute.name;
    value = attribute.value;
    // gnuplot's values have no entities and no escapes; behind one a reference could hide.
    if (!is_attribute(name) || value.find_first_of("&\\") != std::string::npos) return std::nullopt;
    if (name == "id") {
        value = fmt::format("{}-{}", plot, value);
    } else if (name == "href") {
        if (value.starts_with("#")) {
            value.insert(1, fmt::format("{}-", plot));
        } else if (!value.starts_with("data:image/png;base64,")) {
            return std::nullopt;
        }
    } else if (!rename_references(value, plot)) {
        return std::nullopt;
    } else if (is_one_of(name, kColors)) {
        value = themed_color(value);
    }
    return XmlAttribute{name, value};
}

/// A value with its entities already, for a place in double quotes.
std::string quotable(std::string_view value) {
    std::string safe = core::as_utf8(value);
    for (std::size_t at = 0; (at = safe.find('"', at)) != std::string::npos;) safe.replace(at, 1, "&quot;");
    return safe;
}

std::string start_tag(const XmlPiece& start, std::string_view plot) {
    std::string tag = fmt::format("<{}", start.name);
    for (const XmlAttribute& attribute : start.attributes) {
        std::string value;
        if (const auto kept = shown(attribute, plot, value)) {
            tag += fmt::format(R"( {}="{}")", kept->name, quotable(kept->value));
        }
    }
    return tag + ">";
}

std::string root_tag(const XmlPiece& start, std::string_view label) {
    return fmt::format(R"(<svg class="plot" role="img" tabindex="0" aria-label="{}" viewBox="{}">)", escape(label),
                       quotable(start.value("viewBox")));
}

bool is_text_element(std::string_view name) {
    return name == "text" || name == "tspan" || name == "title";
}

}  // namespace

std::string inline_svg(std::string_view svg, std::string_view name, std::string_view label) {
    struct Element {
        std::string_view name;
        bool is_shown;
        bool is_value;
    };
    const auto pieces = read_xml(svg);
    std::string html;
    std::vector<Element> open;
    for (const XmlPiece& piece : pieces.value_or(std::vector<XmlPiece>{})) {
        if (piece.kind == XmlPiece::Kind::start) {
            const bool is_root = open.empty() && piece.name == "svg" && html.empty();
            const bool inside = !open.empty() && open.back().is_shown && is_shown(piece, open.back().is_value);
            if (is_root) html += root_tag(piece, label);
            if (inside) html += start_tag(piece, name);
            open.push_back({piece.name, is_root || inside, piece.value("class") == "value"});
        } else if (piece.kind == XmlPiece::Kind::end) {
            if (open.back().is_shown) html += fmt::format("</{}>", piece.name);
            open.pop_back();
        } else if (!open.empty() && open.back().is_shown && is_text_element(open.back().name)) {
            html += core::as_utf8(piece.text);
        }
    }
    if (html.empty()) {
        throw Error(ExitCode::bad_data,
                    fmt::format("the plot {}.svg is not a whole SVG file; draw it again with dropsweep report", name));
    }
    return html;
}

}  // namespace dropsweep::report
