#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/report/classification.hpp"
#include "dropsweep/report/comparison.hpp"
#include "dropsweep/report/run_record.hpp"

/// The parts of report.html. Every function returns finished HTML, in which all that came from outside is escaped.
namespace dropsweep::report {

/// Stands where there is no number.
inline constexpr std::string_view kNone = "\u2013";

/// A number with so many places and a typographic minus; kNone for what is not finite.
std::string number(double value, int places);

/// The same with a sign, for differences.
std::string signed_number(double value, int places);

/// "0.031", "< 0.001", kNone.
std::string p_value(double p);

/// "45 s", "5 min 29 s", "1 h 02 min".
std::string duration(double seconds);

/// A table cell; the text is HTML.
struct Cell {
    std::string html;
    bool is_number = true;
};

/// A table in a box that scrolls sideways by itself when the page is narrow; the first cell of a row names the row.
class Table {
  public:
    /// @param label  what the table shows, plain text
    Table(std::string_view label, const std::vector<Cell>& head);
    /// @param css_class  of the row; empty: none
    void add(const std::vector<Cell>& cells, std::string_view css_class = {});
    std::string html() const;

  private:
    std::string html_;
};

/// A table of names and values; names are plain text, values HTML.
class Facts {
  public:
    /// Leaves out a fact whose value is empty.
    void add(std::string_view name, const std::string& value);
    std::string html() const;

  private:
    std::string rows_;
};

/// The plots of a run: those SVG files of a directory that dropsweep draws, ready for the page. The mistakes of one
/// class (failure<N>) are not among them: the page shows those of every class as images.
class Plots {
  public:
    explicit Plots(const std::filesystem::path& directory);
    bool none() const { return names_.empty(); }
    /// A <figure> with the plot; empty when it is not there.
    /// @throws Error  missing_input: its file cannot be read; bad_data: it is not whole
    std::string figure(std::string_view name) const;
    /// The figures of the section "Plots": all but those that belong to another section. Throws as figure does.
    std::string figures() const;

  private:
    std::filesystem::path directory_;
    std::vector<std::string_view> names_;  ///< without ".svg", in the order of the page
};

std::string results_section(const RunRecord& record, const Comparison& comparison);
/// @param is_chosen  whether the classification is that of the trial that the comparison chose
std::string test_section(const Classification& classification, bool is_chosen, const Plots& plots);
std::string timeline_section(const RunRecord& record, const Plots& plots);
std::string configuration_section(const RunRecord& record);
std::string provenance_section(const RunRecord& record);
std::string repeat_section(const RunRecord& record);

}  // namespace dropsweep::report
