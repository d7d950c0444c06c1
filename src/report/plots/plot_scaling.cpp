// The plot of a predicted scaling.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/report/scaling.hpp"

#include "gnuplot.hpp"
#include "plot_templates.hpp"

namespace dropsweep::report {

bool draw_scaling(const std::filesystem::path& directory, const std::vector<sweep::ScalingPoint>& points,
                  const std::string& subtitle) {
    Datablock predicted("points"), enough("enough");
    std::vector<int> ranks;
    double lowest = points.front().plan.ranks;
    for (const sweep::ScalingPoint& point : points) {
        predicted.row(point.plan.ranks, point.speedup);
        ranks.push_back(point.plan.ranks);
        lowest = std::min(lowest, point.speedup);
    }
    const sweep::ScalingPoint& helps = points[sweep::last_that_helps(points)];
    enough.row(helps.plan.ranks, helps.speedup);
    Plot plot{.name = "plan", .commands = k_plan};
    plot.set_labels("Speed-up that is predicted", subtitle, "ranks", "speed-up");
    plot.set("tics", fmt::format("{}", fmt::join(ranks, ", ")));
    plot.set("fewest", ranks.front());
    plot.set("most", ranks.back());
    plot.set("lowest", lowest);
    plot.add(predicted);
    plot.add(enough);
    return draw(directory, std::span(&plot, 1));
}

}  // namespace dropsweep::report
