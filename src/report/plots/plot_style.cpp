#include "plot_style.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/report/csv.hpp"

namespace dropsweep::report {

std::string Datablock::cell(double number) {
    return csv_number(number);
}

void Range::include(double value) {
    if (!std::isfinite(value)) return;
    low_ = empty_ ? value : std::min(low_, value);
    high_ = empty_ ? value : std::max(high_, value);
    empty_ = false;
}

Range Range::padded(double share) const {
    Range wider;
    const double span = high_ - low_;
    const double margin = span > 0 ? share * span : std::max(0.05 * std::abs(high_), 1e-3);
    wider.include(low_ - margin);
    wider.include(high_ + margin);
    return wider;
}

std::string style(const Plot& plot, std::string_view title, std::string_view subtitle) {
    const auto screen_y = [&](double pixels) { return 1 - pixels / plot.height; };
    return fmt::format(R"(set label 1 {} at screen 0.02,{:.5f} left font ',24' textcolor rgb '{}'
set label 2 {} at screen 0.02,{:.5f} left font ',18' textcolor rgb '{}'
set border 3 linewidth 1.5 linecolor rgb '{}'
set tics nomirror scale 0 textcolor rgb '{}'
set grid linetype 1 linewidth 1 linecolor rgb '{}'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
)",
                       gnuplot_string(title), screen_y(32), kText.light, gnuplot_string(subtitle), screen_y(68),
                       kMutedText.light, kMutedText.light, kText.light, kGrid.light);
}

std::string axes(const Plot& plot, const Margins& margins, std::string_view x_label, std::string_view y_label) {
    const double left = margins.left / plot.width;
    const double right = 1 - margins.right / plot.width;
    const double top = 1 - margins.top / plot.height;
    const double bottom = margins.bottom / plot.height;
    // gnuplot would place the labels by the length and height of the numbers, differently in a PNG and an SVG, and in
    // both over the edge.
    return fmt::format(
        "set lmargin at screen {0:.5f}\nset rmargin at screen {1:.5f}\nset tmargin at screen {2:.5f}\n"
        "set bmargin at screen {3:.5f}\nset label 3 {4} at screen {5:.5f},{6:.5f} center textcolor rgb '{10}'\n"
        "set label 4 {7} at screen {8:.5f},{9:.5f} center rotate textcolor rgb '{10}'\n",
        left, right, top, bottom, gnuplot_string(x_label), (left + right) / 2,
        bottom - (41.0 + margins.x_tics) / plot.height, gnuplot_string(y_label), 28.0 / plot.width, (top + bottom) / 2,
        kText.light);
}

std::string axis_range(char axis, double first, double last) {
    return fmt::format("set {}range [{}:{}]\n", axis, csv_number(first), csv_number(last));
}

std::string whole_number_tics(char axis, std::size_t last, std::size_t most) {
    std::size_t step = 1;
    for (std::size_t decade = 1; last / step >= most; decade *= 10) {
        for (const std::size_t factor : {1U, 2U, 5U}) {
            step = factor * decade;
            if (last / step < most) break;
        }
    }
    return fmt::format("set {}tics 0,{}\n", axis, step);
}

std::string plot_command(const std::vector<std::string>& layers) {
    return fmt::format("plot {}\n", fmt::join(layers, ", \\\n     "));
}

std::string legend_right(const Plot& plot, const Margins& margins, std::string_view title, std::size_t lines) {
    constexpr double kLineHeight = 1.5;  // of the font size
    const double room = plot.height - margins.top - margins.bottom;
    const double size = std::clamp(room / (kLineHeight * static_cast<double>(lines + 1)), 9.0, 19.0);
    const double x = 1 - (margins.right - 18) / plot.width;
    const double y = 1 - margins.top / plot.height;
    std::string text = fmt::format(
        "set key at screen {:.5f},{:.5f} left top vertical Left reverse samplen 3 spacing 1.25 "
        "font ',{:.0f}' textcolor rgb '{}'\n",
        x, title.empty() ? y : y - 14.0 / plot.height, size, kText.light);
    if (!title.empty()) {
        text += fmt::format("set label 5 {} at screen {:.5f},{:.5f} left font ',18' textcolor rgb '{}'\n",
                            gnuplot_string(title), x + 10.0 / plot.width, y, kText.light);
    }
    return text;
}

std::string legend_below() {
    return fmt::format(
        "set key outside bottom center horizontal Left reverse samplen 2 width 2 maxrows 1 font ',18' "
        "textcolor rgb '{}'\n",
        kText.light);
}

std::string hover_layer(const Datablock& texts, double radius) {
    return fmt::format(
        "{} using 1:2:3 with labels hypertext point pointtype 7 pointsize {} * radius linecolor rgb '#ff000000' "
        "notitle",
        texts.name(), radius);
}

std::string hover_square_layer(const Datablock& texts) {
    return fmt::format(
        "{} using 1:2:3:($4 * radius) with labels hypertext point pointtype 5 pointsize variable "
        "linecolor rgb '#ff000000' notitle",
        texts.name());
}

int marker(std::size_t i) {
    // Filled circle, square, triangle, diamond, triangle upside down, then the outlines of four of them: that 9 and the
    // number of dashes have no common divisor keeps the combinations apart. A pentagon is too close to a circle.
    constexpr std::array<int, 9> kMarkers = {7, 5, 9, 13, 11, 6, 4, 8, 12};
    return kMarkers[i % kMarkers.size()];
}

const char* dash(std::size_t i) {
    constexpr std::array<const char*, 5> kDashes = {"solid", "(12,4)", "(4,3)", "(14,4,3,4)", "(12,4,3,4,3,4)"};
    return kDashes[i % kDashes.size()];
}

}  // namespace dropsweep::report
