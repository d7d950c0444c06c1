// Writes gnuplot scripts and runs gnuplot.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dropsweep::report {

/// A datablock of a gnuplot script: named rows of fields separated by tabs.
class Datablock {
  public:
    explicit Datablock(std::string_view name) : name_(name) {}

    /// @param fields  numbers, texts, or members of report.json: numbers, strings, null for not a number
    template <class... Fields>
    void row(const Fields&... fields) {
        std::string line;
        ((line += cell(fields), line += '\t'), ...);
        line.back() = '\n';
        rows_ += line;
    }
    /// A row of a matrix.
    void row(std::span<const std::uint8_t> values) { rows_ += fmt::format("{}\n", fmt::join(values, "\t")); }
    /// The rows that follow belong to the next `index` of gnuplot; the first is 0.
    void next_index() { rows_ += empty() ? "" : "\n\n"; }
    /// Appends the rows of another block, under the next index.
    void append(const Datablock& other) {
        next_index();
        rows_ += other.rows_;
    }
    bool empty() const { return rows_.empty(); }
    /// The commands that define it. An empty one gets a row of zeros: gnuplot reads a row even for a plot loop that
    /// runs zero times.
    std::string text() const { return fmt::format("${} << EOD\n{}EOD\n", name_, empty() ? "0\t0\t0\t0\n" : rows_); }

  private:
    static std::string cell(double number);
    static std::string cell(std::integral auto number) { return cell(static_cast<double>(number)); }
    static std::string cell(std::string_view text);
    static std::string cell(const std::string& text) { return cell(std::string_view(text)); }
    static std::string cell(const nlohmann::ordered_json& value);

    std::string name_;
    std::string rows_;
};

/// The range of an axis.
class Extent {
  public:
    /// Extends it to a value, unless that is infinite or not a number.
    void include(double value);
    /// {low, high} with a margin of `share` of the range on both sides (of a single value: 5 % of it, at least 0.001),
    /// but not beyond `least` and `most`.
    std::pair<double, double> padded(double share, double least, double most) const;

  private:
    double low_ = std::numeric_limits<double>::infinity();
    double high_ = -low_;
};

/// A plot: variables and datablocks, and the template of this folder that draws them. style.gp comes between the two.
struct Plot {
    std::string name;
    std::string_view commands;  ///< the template
    int width = 960;            ///< pixels
    int height = 640;
    std::string data = {};  ///< gnuplot commands that define variables and datablocks

    void set(std::string_view variable, double value);
    void set(std::string_view variable, std::integral auto value) { set(variable, static_cast<double>(value)); }
    void set(std::string_view variable, std::string_view text);
    void set(std::string_view variable, const char* text) { set(variable, std::string_view(text)); }
    /// An array, whose first index is 1.
    void set(std::string_view variable, const std::vector<std::string>& texts);
    void set(std::string_view variable, const std::vector<double>& values);
    void set_labels(std::string_view title, std::string_view subtitle, std::string_view x_label,
                    std::string_view y_label);
    /// Sets the variables `low` and `high`.
    void set_range(const std::pair<double, double>& range);
    void add(const Datablock& block) { data += block.text(); }
};

/// Bytes of the longest of at least one text.
std::size_t longest(const std::vector<std::string>& texts);

/// "('0' 0, '0.5' 0.5)": names at places along an axis, for `set xtics`.
std::string tics(const std::vector<std::string>& names, const std::vector<double>& places);

/// A gnuplot string without any special meaning inside; control characters become '?'.
std::string gnuplot_string(std::string_view text);

/// A gnuplot script that writes NAME.png and NAME.svg to the current directory.
std::string script(const Plot& plot);

/// Writes the scripts into `directory`, then the pictures. When a script has changed its old pictures are removed; a
/// picture is written as a whole or not at all.
/// @return  false when gnuplot is not installed: then only the scripts are written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
bool draw(const std::filesystem::path& directory, std::span<const Plot> plots);

}  // namespace dropsweep::report
