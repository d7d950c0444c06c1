// Writes the files of a report.
#include "dropsweep/report/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/report/page.hpp"
#include "dropsweep/report/plots.hpp"
#include "dropsweep/report/report_json.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/shell_word.hpp"

namespace dropsweep::report {
namespace {

/// Where gnuplot is missing or fails, the rest of the report is still written. @return  a warning, or nothing
std::vector<std::string> try_plots(const std::filesystem::path& directory, const nlohmann::ordered_json& report,
                                   std::size_t digit) {
    const std::string remedy = "dropsweep report " + text::shell_word(directory.string());
    try {
        if (draw_plots(directory, report, digit)) return {};
        return {
            fmt::format("gnuplot is not installed, so there are no plots; install gnuplot-nox and run: {}", remedy)};
    } catch (const Error& error) {
        if (error.code() != ExitCode::failure) throw;
        return {fmt::format("{} (everything but the plots is complete; to draw them again: {})", error.what(), remedy)};
    }
}

}  // namespace

std::size_t default_digit(const std::optional<record::Classification>& classification) {
    constexpr std::size_t kPublished = 8;
    return classification ? std::min(kPublished, classification->classes() - 1) : kPublished;
}

std::vector<std::string> write_report(const std::filesystem::path& directory, const record::RunRecord& record,
                                      const Comparison& comparison,
                                      const std::optional<record::Classification>& classification, std::size_t digit) {
    system::write_file_atomically(directory / "statistics.csv", statistics_csv(comparison));
    system::write_file_atomically(directory / "verdict.txt", verdict(comparison) + "\n");
    const nlohmann::ordered_json report = report_json(record, comparison, classification);
    const std::string text = report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    system::write_file_atomically(directory / "report.json", text + "\n");
    const std::vector<std::string> notes = try_plots(directory, report, digit);
    system::write_file_atomically(directory / "report.html", page(text));
    return notes;
}

}  // namespace dropsweep::report
