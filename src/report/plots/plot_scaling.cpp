#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"
#include "dropsweep/report/scaling.hpp"

#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

/// One at each number of ranks, on both axes.
std::string rank_tics(const std::vector<sweep::ScalingPoint>& points) {
    std::string tics;
    for (const sweep::ScalingPoint& point : points)
        tics += fmt::format("{}{}", tics.empty() ? "" : ", ", point.plan.ranks);
    return fmt::format("set logscale xy 2\nset xtics ({0})\nset ytics ({0})\n", tics);
}

std::string hover_text(const sweep::ScalingPoint& point) {
    return fmt::format("{}: {:.1f} s, speed-up {:.2f}, efficiency {:.0f} %",
                       core::counted(static_cast<std::size_t>(point.plan.ranks), "rank"), point.seconds, point.speedup,
                       100 * point.efficiency());
}

Plot scaling_plot(const std::vector<sweep::ScalingPoint>& points, const std::string& subtitle) {
    const double first = points.front().plan.ranks;
    const double last = points.back().plan.ranks;
    Datablock ideal("ideal");
    Datablock predicted("predicted");
    Datablock enough("enough");
    Datablock hover("hover");
    ideal.row(first, first);
    ideal.row(last, last);
    double lowest = first;
    for (const sweep::ScalingPoint& point : points) {
        predicted.row(point.plan.ranks, point.speedup);
        hover.row(point.plan.ranks, point.speedup, hover_text(point));
        lowest = std::min(lowest, point.speedup);
    }
    const sweep::ScalingPoint& helps = points[sweep::last_that_helps(points)];
    enough.row(helps.plan.ranks, helps.speedup);

    Plot plot{.name = "plan", .commands = {}};
    const Margins place{.bottom = 130};
    constexpr double kMargin = 1.15;
    plot.commands = ideal.text() + predicted.text() + enough.text() + hover.text() +
                    style(plot, "Speed-up that is predicted", subtitle) + axes(plot, place, "ranks", "speed-up") +
                    rank_tics(points) + axis_range('x', first / kMargin, last * kMargin) +
                    axis_range('y', lowest / kMargin, last * kMargin) + legend_below();
    plot.commands += plot_command(
        {fmt::format("{} using 1:2 with lines linecolor rgb '{}' linewidth 1.5 dashtype (4,3) title 'ideal'",
                     ideal.name(), kMutedText.light),
         fmt::format("{} using 1:2 with linespoints pointtype 7 pointsize 1.6 * unit linewidth 2 linecolor rgb '{}' "
                     "title 'predicted'",
                     predicted.name(), kFirst.light),
         fmt::format("{} using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb '{}' "
                     "title 'last that helps'",
                     enough.name(), kSecond.light),
         hover_layer(hover, 9)});
    return plot;
}

}  // namespace

bool draw_scaling(const std::filesystem::path& directory, const std::vector<sweep::ScalingPoint>& points,
                  const std::string& subtitle) {
    const Plot plot = scaling_plot(points, subtitle);
    return draw(directory, std::span(&plot, 1));
}

}  // namespace dropsweep::report
