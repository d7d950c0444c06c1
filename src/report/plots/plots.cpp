// Draws all plots of a run.
#include "dropsweep/report/plots.hpp"

#include <regex>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

#include "plot_list.hpp"

namespace dropsweep::report {
namespace {

/// Removes the files of plots that an earlier call has drawn and this one does not, and no other files.
void remove_others(const std::filesystem::path& directory, const std::vector<Plot>& plots) {
    static const std::regex ours(
        "(loss|train_loss_dropout|val_loss_dropout|val_acc_dropout|test_accuracy|race|difference|effects|"
        "pair-[a-z0-9-]+|timeline|fscore|confusion|failure[0-9]+)\\.(gp|png|svg)");
    std::set<std::string> names;
    for (const Plot& plot : plots) names.insert(plot.name);
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        std::smatch parts;
        const std::string name = entry.path().filename().string();
        if (std::regex_match(name, parts, ours) && !names.contains(parts[1])) std::filesystem::remove(entry.path());
    }
}

}  // namespace

bool draw_plots(const std::filesystem::path& directory, const nlohmann::ordered_json& report, std::size_t digit) {
    std::vector<Plot> plots = training_plots(report);
    std::ranges::move(option_plots(report), std::back_inserter(plots));
    std::ranges::move(timeline_plots(report), std::back_inserter(plots));
    if (!report["classification"].is_null()) {
        std::ranges::move(class_plots(report["classification"], digit), std::back_inserter(plots));
    }
    const std::filesystem::path folder = directory / "plots";
    // Durable before report.html is written, whose presence says that the report is complete.
    system::make_directory(folder);
    try {
        remove_others(folder, plots);
    } catch (const std::filesystem::filesystem_error& error) {
        throw Error(ExitCode::io_error, fmt::format("cannot write to {}: {}; check the directory and its permissions",
                                                    folder.string(), error.code().message()));
    }
    return draw(folder, plots);
}

}  // namespace dropsweep::report
