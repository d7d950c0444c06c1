#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"
#include "dropsweep/report/palette.hpp"

#include "svg_inline.hpp"

namespace dropsweep::report {
namespace {

std::string lower_case_without_spaces(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if (c != ' ') kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return kept;
}

/// "rgb(68,1,84)" as "#440154".
std::optional<std::string> hex_of_rgb(std::string_view color) {
    if (!color.starts_with("rgb(") || !color.ends_with(")")) return std::nullopt;
    std::string hex = "#";
    for (const std::string_view part : core::split(color.substr(4, color.size() - 5), ',')) {
        unsigned level = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), level);
        if (error != std::errc() || end != part.data() + part.size() || level > 255) return std::nullopt;
        hex += fmt::format("{:02x}", level);
    }
    return hex.size() == 7 ? std::optional(hex) : std::nullopt;
}

/// The spellings of one colour that gnuplot mixes, as "#rrggbb"; anything else as it is.
std::string canonical(std::string_view color) {
    const std::string plain = lower_case_without_spaces(color);
    if (plain == "black") return "#000000";
    if (plain == "white") return "#ffffff";
    return hex_of_rgb(plain).value_or(plain);
}

}  // namespace

std::string themed_color(std::string_view color) {
    const std::string wanted = canonical(color);
    const std::span<const Color> colors = palette();
    const auto found = std::ranges::find_if(colors, [&](const Color& each) { return canonical(each.light) == wanted; });
    if (found != colors.end()) return fmt::format("var(--c{})", found - colors.begin());
    if (wanted == "#000000") return "var(--ink)";
    if (wanted == "#ffffff") return "var(--paper)";
    return std::string(color);
}

std::string palette_declarations(bool dark) {
    std::string css;
    std::size_t index = 0;
    for (const Color& color : palette()) css += fmt::format("--c{}:{};", index++, dark ? color.dark : color.light);
    return css;
}

}  // namespace dropsweep::report
