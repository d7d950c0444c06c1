#include "dropsweep/report/page.hpp"

#include <fmt/format.h>

#include "dropsweep/core/shell_word.hpp"
#include "dropsweep/report/palette.hpp"

#include "html.hpp"
#include "page_assets.hpp"
#include "page_parts.hpp"
#include "svg_inline.hpp"

namespace dropsweep::report {
namespace {

std::string directory_names(const RunRecord& record) {
    std::string names;
    for (const std::filesystem::path& directory : record.directories) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", directory.string());
    }
    return names;
}

/// The colours of page and plots as CSS variables.
std::string colors(bool dark) {
    const auto of = [dark](const Color& color) { return dark ? color.dark : color.light; };
    return fmt::format("--paper:{};--ink:{};--muted:{};--line:{};{}", of(kBackground), of(kText), of(kMutedText),
                       of(kGrid), palette_declarations(dark));
}

std::string head(const RunRecord& record) {
    // Nothing may be loaded from anywhere, whatever a file that came from outside smuggles in.
    constexpr std::string_view kPolicy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'";
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>dropsweep: {}</title>\n"
        "<style>\n:root{{{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n{}</style>\n</head>\n",
        kPolicy, escape(directory_names(record)), colors(false), colors(true), kPageStyle);
}

std::string header(const RunRecord& record, const Comparison& comparison) {
    const bool is_sweep = comparison.values.size() > 1;
    return fmt::format(
        "<header>\n<p class=\"run\">dropsweep <span>{}</span></p>\n<h1>{}</h1>\n<p "
        "class=\"verdict\">{}</p>\n</header>\n",
        escape(directory_names(record)), is_sweep ? "Which dropout rate is best?" : "One dropout rate",
        escape(verdict(comparison)));
}

std::string plots_section(const RunRecord& record, const Plots& plots) {
    std::string content = plots.figures();
    if (plots.none()) {
        std::string command = "dropsweep report";
        for (const auto& directory : record.directories) {
            command += fmt::format(" {}", core::shell_word(directory.string()));
        }
        content = fmt::format(
            "<p class=\"note\">The plots are not drawn yet; with gnuplot installed, <code>{}</code> draws them.</p>\n",
            escape(command));
    }
    return content.empty() ? "" : "<section id=\"plots\"><h2>Plots</h2>\n" + content + "</section>\n";
}

}  // namespace

std::string page(const RunRecord& record, const Comparison& comparison,
                 const std::optional<Classification>& classification, const std::filesystem::path& plots_directory) {
    const Plots plots(plots_directory);
    std::string html = head(record) + "<body>\n<main>\n" + header(record, comparison);
    html += results_section(record, comparison);
    html += plots_section(record, plots);
    if (classification) {
        const TrialRecord* chosen = comparison.chosen_trial;
        const bool is_chosen = chosen != nullptr && chosen->trial.id() == classification->trial;
        html += test_section(*classification, is_chosen, plots);
    }
    html += timeline_section(record, plots);
    html += configuration_section(record);
    html += provenance_section(record);
    html += repeat_section(record);
    html += "</main>\n<div id=\"tooltip\" role=\"status\"></div>\n";
    return html + fmt::format("<script>\n{}</script>\n</body>\n</html>\n", kPageScript);
}

}  // namespace dropsweep::report
