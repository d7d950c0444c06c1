#pragma once

#include <string>
#include <string_view>

namespace dropsweep::report {

/// One of gnuplot's SVG files as an <svg> element for a page that holds several:
/// - as wide as its place, its height by its viewBox; named `label` for who cannot see it;
/// - every id and every reference to one begins with `name` and a dash;
/// - colours of the palette become var(--c<index>), other black var(--ink);
/// - only elements and attributes that gnuplot draws with are taken over: no titles other than those of data points
///   (class "value"), no scripts, no event handlers, no references that leave the page.
/// @param name   begins with a letter, then letters, digits, dashes, underscores
/// @param label  plain text; escaped here
/// @throws Error  bad_data: `svg` is not well-formed; the message names `name`
std::string inline_svg(std::string_view svg, std::string_view name, std::string_view label);

/// The value of a colour attribute as the page writes it.
std::string themed_color(std::string_view color);

/// The CSS declarations of the palette's colours for the light or the dark page: "--c0:#000000;--c1:...".
std::string palette_declarations(bool dark);

}  // namespace dropsweep::report
