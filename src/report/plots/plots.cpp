#include "dropsweep/report/plots.hpp"

#include <regex>
#include <set>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"

#include "gnuplot.hpp"
#include "plot_list.hpp"

namespace dropsweep::report {
namespace {

/// Removes what an earlier draw has left of plots that are not drawn now, and nothing else.
void remove_others(const std::filesystem::path& directory, const std::vector<Plot>& plots) {
    static const std::regex ours(
        "(loss|train_loss_dropout|val_loss_dropout|val_acc_dropout|test_accuracy|timeline|fscore|confusion|failure[0-9]"
        "+)"
        "\\.(gp|png|svg)");
    std::set<std::string> names;
    for (const Plot& plot : plots) names.insert(plot.name);
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        std::smatch parts;
        const std::string name = entry.path().filename().string();
        if (std::regex_match(name, parts, ours) && !names.contains(parts[1])) std::filesystem::remove(entry.path());
    }
}

}  // namespace

bool draw_plots(const std::filesystem::path& directory, const RunRecord& record, const Comparison& comparison,
                const std::optional<Classification>& classification, std::size_t digit) {
    std::vector<Plot> plots;
    const auto add = [&plots](std::optional<Plot> plot) {
        if (plot) plots.push_back(std::move(*plot));
    };
    add(loss_plot(comparison));
    add(train_loss_plot(comparison));
    add(val_loss_plot(comparison));
    add(val_accuracy_plot(comparison));
    add(test_accuracy_plot(comparison));
    add(timeline_plot(record));
    if (classification) {
        add(fscore_plot(*classification));
        add(confusion_plot(*classification));
        add(failure_plot(*classification, digit));
    }
    const std::filesystem::path folder = directory / "plots";
    // On the disk before the page, which says that all is there.
    core::make_directory(folder);
    try {
        remove_others(folder, plots);
    } catch (const std::filesystem::filesystem_error& error) {
        throw Error(ExitCode::io_error, fmt::format("cannot write to {}: {}; check the directory and its permissions",
                                                    folder.string(), error.code().message()));
    }
    return draw(folder, plots);
}

}  // namespace dropsweep::report
