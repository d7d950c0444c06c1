#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dropsweep::report {

/// A picture as gnuplot commands. They see two variables, for what the two kinds of picture measure differently:
/// `unit`, the point size that is a radius of about 4 pixels, and `radius`, a point size of 1 pixel for hit areas.
struct Plot {
    std::string name;
    int width = 960;  ///< pixels
    int height = 640;
    std::string commands;  ///< datablocks and settings, then one plot command
};

/// A gnuplot string without any special meaning inside; control characters become '?'.
std::string gnuplot_string(std::string_view text);

/// One field of a datablock, whose fields are separated by tabs; control characters become '?'.
std::string field(std::string_view text);

/// A gnuplot script that writes NAME.png and NAME.svg to the current directory.
std::string script(const Plot& plot);

/// gnuplot's SVG in a form for browsers: what a data point says when pointed at is its title, in
/// <g class="value"><title>...</title>, without scripts; there are no other titles within the picture; colours are
/// attributes as "#rrggbb" in lower case.
std::string plain_svg(std::string_view svg);

/// Writes the scripts into `directory`, then, with one gnuplot for all, the pictures. A picture of an older script
/// goes when the script changes, and no picture is ever seen half-written.
/// @return  false when gnuplot is not installed: then only the scripts are written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
bool draw(const std::filesystem::path& directory, std::span<const Plot> plots);

}  // namespace dropsweep::report
