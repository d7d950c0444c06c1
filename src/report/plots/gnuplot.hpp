#pragma once

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

/// Inline data of a script, one row after the other.
class Datablock {
  public:
    explicit Datablock(std::string_view name) : name_(name) {}

    /// @param fields  numbers, texts, or what report.json has for them: null is not a number
    template <class... Fields>
    void row(const Fields&... fields) {
        std::string line;
        ((line += cell(fields), line += '\t'), ...);
        line.back() = '\n';
        rows_ += line;
    }
    /// A row of a matrix.
    void row(std::span<const std::uint8_t> values) { rows_ += fmt::format("{}\n", fmt::join(values, "\t")); }
    void append(const Datablock& other) { rows_ += other.rows_; }
    /// What follows has the next index, beginning with 0.
    void end_of_index() { rows_ += "\n\n"; }
    bool empty() const { return rows_.empty(); }
    /// The commands that define it. gnuplot reads rows even for a loop of no turns, so there is at least one.
    std::string text() const { return fmt::format("${} << EOD\n{}EOD\n", name_, empty() ? "0\t0\t0\t0\n" : rows_); }

  private:
    static std::string cell(double number);
    static std::string cell(std::string_view text);
    static std::string cell(const std::string& text) { return cell(std::string_view(text)); }
    static std::string cell(const nlohmann::ordered_json& value);

    std::string name_;
    std::string rows_;
};

/// What is drawn on an axis.
class Extent {
  public:
    /// Takes in a value; not a number is no value.
    void include(double value);
    /// With a margin of this share on both sides, also where there is only one value, but not beyond `least` and
    /// `most`.
    std::pair<double, double> padded(double share, double least, double most) const;

  private:
    double low_ = std::numeric_limits<double>::infinity();
    double high_ = -low_;
};

/// A picture: variables and datablocks, then the template of this folder that draws them (`style.gp` comes before it).
struct Plot {
    std::string name;
    std::string_view commands;  ///< the template
    int width = 960;            ///< pixels
    int height = 640;
    std::string data = {};

    void set(std::string_view variable, double value);
    void set(std::string_view variable, std::string_view text);
    void set(std::string_view variable, const char* text) { set(variable, std::string_view(text)); }
    /// An array, whose first index is 1.
    void set(std::string_view variable, const std::vector<std::string>& texts);
    void set(std::string_view variable, const std::vector<double>& values);
    /// `low` and `high`.
    void set_range(const std::pair<double, double>& range);
    void add(const Datablock& block) { data += block.text(); }
};

/// "('0' 0, '0.5' 0.5)": names at places along an axis, for `set xtics`.
std::string tics(const std::vector<std::string>& names, const std::vector<double>& places);

/// A gnuplot string without any special meaning inside; control characters become '?'.
std::string gnuplot_string(std::string_view text);

/// A gnuplot script that writes NAME.png and NAME.svg to the current directory.
std::string script(const Plot& plot);

/// Writes the scripts into `directory`, then the pictures. A picture of an older script
/// goes when the script changes, and no picture is ever seen half-written.
/// @return  false when gnuplot is not installed: then only the scripts are written
/// @throws Error  io_error: a file cannot be written; failure: gnuplot fails
bool draw(const std::filesystem::path& directory, std::span<const Plot> plots);

}  // namespace dropsweep::report
