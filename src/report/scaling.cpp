// Table and CSV of a predicted scaling.
#include "dropsweep/report/scaling.hpp"

#include <fmt/format.h>

#include "dropsweep/record/csv.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::report {
namespace {

/// The groups at the start, e.g. "7 x 2 + 2 x 1": seven of two ranks and two of one.
std::string layout(const sweep::Plan& plan) {
    std::string text;
    for (std::size_t begin = 0; begin < plan.groups.size();) {
        std::size_t end = begin;
        while (end < plan.groups.size() && plan.groups[end].ranks == plan.groups[begin].ranks) ++end;
        text += fmt::format("{}{} x {}", text.empty() ? "" : " + ", end - begin, plan.groups[begin].ranks);
        begin = end;
    }
    return text;
}

std::string what_helps(const std::vector<sweep::ScalingPoint>& points) {
    const std::size_t last = sweep::last_that_helps(points);
    if (last + 1 == points.size()) {
        return fmt::format("More ranks help up to {}, the last that was asked for.\n", points[last].plan.ranks);
    }
    return fmt::format("More than {} do not help: no larger number here is more than 5 % faster.\n",
                       text::counted(static_cast<std::size_t>(points[last].plan.ranks), "rank"));
}

}  // namespace

std::string scaling_table(const std::vector<sweep::ScalingPoint>& points) {
    std::string text = fmt::format("{:>6}  {:<15}  {:>11}  {:>8}  {:>10}\n", "ranks", "groups x ranks", "makespan",
                                   "speed-up", "efficiency");
    for (const sweep::ScalingPoint& point : points) {
        text += fmt::format("{:>6}  {:<15}  {:>9.1f} s  {:>8.2f}  {:>8.0f} %\n", point.plan.ranks, layout(point.plan),
                            point.seconds, point.speedup, 100 * point.efficiency());
    }
    return text + what_helps(points);
}

std::string scaling_csv(const std::vector<sweep::ScalingPoint>& points) {
    std::string text = record::csv_line({"ranks", "groups", "seconds", "speedup", "efficiency"});
    for (const sweep::ScalingPoint& point : points) {
        text +=
            record::csv_line({fmt::to_string(point.plan.ranks), layout(point.plan), record::csv_number(point.seconds),
                              record::csv_number(point.speedup), record::csv_number(point.efficiency())});
    }
    return text;
}

}  // namespace dropsweep::report
