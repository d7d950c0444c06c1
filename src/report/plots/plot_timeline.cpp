// The plot of which rank trained which trial when.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dropsweep/text/words.hpp"

#include "plot_list.hpp"
#include "plot_templates.hpp"

namespace dropsweep::report {

std::vector<Plot> timeline_plots(const nlohmann::ordered_json& report) {
    const auto& timeline = report["timeline"];
    const double seconds = timeline["seconds"];
    const int ranks = timeline["ranks"];
    if (timeline["spans"].empty() || !(seconds > 0)) return {};

    const std::vector<std::string> values = report["axes"][0]["values"];
    std::map<std::string, std::size_t> value_of;
    for (const auto& trial : report["trials"]) {
        const auto& setting = report["settings"][trial["setting"].get<std::size_t>()];
        const std::string value = setting["values"][report["axes"][0]["option"].get<std::string>()];
        value_of[trial["id"]] = static_cast<std::size_t>(std::ranges::find(values, value) - values.begin());
    }
    Datablock bars("bars"), gaps("gaps"), ends("ends");
    double trained = 0, epochs = 0;
    std::set<std::string> trials;
    for (const auto& span : timeline["spans"]) {
        const double start = span["start"], length = span["seconds"];
        bars.row(start, start + length, span["first_rank"], span["ranks"], value_of[span["trial"]], span["trial"]);
        for (const double end : span["epoch_ends"]) ends.row(end, span["first_rank"], span["ranks"]);
        trained += length;
        epochs += static_cast<double>(span["epoch_ends"].size() + 1);
        trials.insert(span["trial"]);
    }
    for (const auto& gap : timeline["gaps"]) gaps.row(gap["start"], gap["end"], gap["rank"]);

    Plot plot{.name = "timeline", .commands = k_timeline, .height = std::clamp(400 + 60 * ranks, 480, 640)};
    if (ranks > 24) plot.height = std::min(200 + 16 * ranks, 1000);
    // Edges and notches a few pixels apart would hide the bars.
    const double pixels = (plot.width - 270) / seconds;
    const bool has_ends = !ends.empty() && pixels * trained / epochs > 3;
    plot.set_labels(fmt::format("Who trained what when: ranks idle for {:.1f} % of the time",
                                100 * timeline["idle_share"].get<double>()),
                    fmt::format("{} on {} in {:.1f} s{}", text::counted(trials.size(), "trial"),
                                text::counted(static_cast<std::size_t>(ranks), "rank"), seconds,
                                has_ends ? "; notches: ends of epochs" : ""),
                    "seconds since the start of the sweep", "rank");
    plot.set("legend", axis_title(report));
    plot.set("seconds", seconds);
    plot.set("ranks", ranks);
    plot.set("gaps", gaps.empty() ? 0 : 1);
    plot.set("edges", pixels * trained / static_cast<double>(timeline["spans"].size()) > 5 ? 1 : 0);
    plot.set("epoch_ends", has_ends ? 1 : 0);
    plot.set("n", values.size());
    plot.set("names", values);
    for (const Datablock* block : {&bars, &gaps, &ends}) plot.add(*block);
    return {plot};
}

}  // namespace dropsweep::report
