#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/report/palette.hpp"

#include "gnuplot.hpp"

namespace dropsweep::report {

/// Inline data of a script, one row after the other.
class Datablock {
  public:
    explicit Datablock(std::string_view name) : name_(name) {}

    template <class... Fields>
    void row(const Fields&... fields) {
        std::string line;
        ((line += cell(fields), line += '\t'), ...);
        line.back() = '\n';
        rows_ += line;
    }
    bool empty() const { return rows_.empty(); }
    std::string name() const { return "$" + name_; }
    /// The commands that define it.
    std::string text() const { return name() + " << EOD\n" + rows_ + "EOD\n"; }

  private:
    static std::string cell(double number);
    static std::string cell(std::string_view text) { return field(text); }

    std::string name_;
    std::string rows_;
};

/// What is drawn on an axis.
class Range {
  public:
    /// Takes in a value; not a number is no value.
    void include(double value);
    /// With a margin on both sides, also where there is only one value or none.
    Range padded(double share) const;
    double low() const { return low_; }
    double high() const { return high_; }

  private:
    double low_ = 0;
    double high_ = 0;
    bool empty_ = true;
};

/// The look that all plots share, the title and, smaller below it, what is shown.
std::string style(const Plot& plot, std::string_view title, std::string_view subtitle);

/// Where the axes are, in pixels from the edges of the picture.
struct Margins {
    double left = 120;
    double right = 30;
    double top = 110;
    double bottom = 80;
    double x_tics = 20;  ///< what they take of it
};

/// The axes at their place, with what they show.
std::string axes(const Plot& plot, const Margins& margins, std::string_view x_label, std::string_view y_label);

std::string axis_range(char axis, double first, double last);

/// Whole numbers from 0 to `last` along an axis, as many as there is room for.
std::string whole_number_tics(char axis, std::size_t last, std::size_t most);

/// One plot command of several layers, the last on top.
std::string plot_command(const std::vector<std::string>& layers);

/// The legend in the right margin, small enough for this number of lines.
std::string legend_right(const Plot& plot, const Margins& margins, std::string_view title, std::size_t lines);
/// The legend as one line at the lower edge.
std::string legend_below();

/// A layer that says what a data point means when pointed at: rows of x, y, text.
/// @param radius  of the area that feels the pointer, in pixels of the SVG
std::string hover_layer(const Datablock& texts, double radius);
/// The same with squares, and rows of x, y, text, half the side of the square.
std::string hover_square_layer(const Datablock& texts);

/// gnuplot's point and dash types for the i-th of several lines: a combination of its own for the first 45.
int marker(std::size_t i);
const char* dash(std::size_t i);

}  // namespace dropsweep::report
