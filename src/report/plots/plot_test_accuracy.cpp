#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"

#include "plot_list.hpp"
#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

/// The smallest distance of two dropout values; of a single value something to leave room around it.
double smallest_step(const Comparison& comparison) {
    double step = 0.1;
    for (std::size_t v = 1; v < comparison.values.size(); ++v) {
        const double distance = comparison.values[v].dropout.value() - comparison.values[v - 1].dropout.value();
        step = v == 1 ? distance : std::min(step, distance);
    }
    return step;
}

std::string mean_text(const ValueStatistics& value, bool chosen) {
    const Summary seeds = within(value.test_accuracy.summary, 0, 1);
    std::string text = fmt::format("p = {}: test_accuracy {:.2f} %", value.dropout.text(), 100 * seeds.mean);
    if (std::isfinite(seeds.low)) {
        text += fmt::format(", 95 % confidence interval {:.2f} to {:.2f} %", 100 * seeds.low, 100 * seeds.high);
    }
    return fmt::format("{} ({}){}", text, core::counted(seeds.count, "seed"), chosen ? ", chosen on validation" : "");
}

/// A tick at every value while there is room for its label.
std::string value_tics(const Comparison& comparison, double pixels_per_step) {
    std::string tics;
    std::size_t longest = 0;
    for (const ValueStatistics& value : comparison.values) {
        const std::string text = value.dropout.text();
        longest = std::max(longest, text.size());
        tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_string(text), text);
    }
    constexpr double kCharacter = 13;
    const bool fits = pixels_per_step > kCharacter * static_cast<double>(longest + 1);
    return fits ? fmt::format("set xtics ({})\n", tics) : "set xtics autofreq\n";
}

}  // namespace

std::optional<Plot> test_accuracy_plot(const Comparison& comparison) {
    const double step = smallest_step(comparison);
    // With one seed everywhere its accuracy is the mean.
    const bool repeated = std::ranges::any_of(
        comparison.values, [](const ValueStatistics& v) { return std::isfinite(v.test_accuracy.summary.low); });
    Plot plot{.name = "test_accuracy", .commands = {}};
    Datablock seeds("seeds");
    Datablock means("means");
    Datablock intervals("intervals");
    Datablock chosen("chosen");
    Datablock hover("hover");
    Range x;
    for (const ValueStatistics& value : comparison.values) x.include(value.dropout.value());
    const Margins place{.bottom = 130};
    const double width = x.high() - x.low() + 1.5 * step;
    const double pixels_per_step = (plot.width - place.left - place.right) * step / width;
    const double reach = std::min(step, step * 90 / pixels_per_step);
    Range y;
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        const ValueStatistics& value = comparison.values[v];
        const double p = value.dropout.value();
        const Summary summary = within(value.test_accuracy.summary, 0, 1);
        if (!std::isfinite(summary.mean)) continue;
        const auto count = static_cast<double>(value.trials.size());
        // Side by side in the order of the seeds, to the left of the mean and its interval.
        for (std::size_t t = 0; t < value.trials.size() && repeated; ++t) {
            const TrialRecord& trial = *value.trials[t];
            const double accuracy = 100 * trial.result->test.accuracy;
            const double at = p - reach * (0.12 + 0.22 * (count - 1 - static_cast<double>(t)) / count);
            seeds.row(at, accuracy);
            hover.row(at, accuracy,
                      fmt::format("p = {}, seed {}: test_accuracy {:.2f} %", value.dropout.text(), trial.trial.seed,
                                  accuracy));
            y.include(accuracy);
        }
        const double mean = 100 * summary.mean;
        y.include(mean);
        const bool is_chosen = comparison.chosen == v;
        means.row(p, mean);
        if (is_chosen) chosen.row(p, mean);
        if (std::isfinite(summary.low)) {
            intervals.row(p, mean, 100 * summary.low, 100 * summary.high);
            y.include(100 * summary.low);
            y.include(100 * summary.high);
        }
        hover.row(p, mean, mean_text(value, is_chosen));
    }
    if (means.empty()) return std::nullopt;

    const Range shown = y.padded(0.06);
    for (const Datablock* block : {&seeds, &means, &intervals, &chosen, &hover}) {
        if (!block->empty()) plot.commands += block->text();
    }
    plot.commands +=
        style(plot, "Test accuracy",
              repeated ? "mean with 95 % confidence interval over the seeds; p is chosen on validation alone"
                       : "one seed; p is chosen on validation alone");
    plot.commands += axes(plot, place, "dropout p", "test accuracy (%)") + value_tics(comparison, pixels_per_step);
    plot.commands += axis_range('x', x.low() - 0.75 * step, x.high() + 0.75 * step);
    plot.commands += axis_range('y', shown.low(), std::min(shown.high(), 100 + 0.02 * (shown.high() - shown.low())));
    plot.commands += legend_below();
    std::vector<std::string> layers = {fmt::format(
        "{} using 1:2 with lines linecolor rgb '{}' linewidth 1.5 dashtype (4,3) notitle", means.name(), kFirst.light)};
    const double size = std::clamp(pixels_per_step / 40, 0.3, 1.0);
    if (repeated) {
        layers.push_back(
            fmt::format("{} using 1:2 with points pointtype 6 pointsize {:.2f} * unit linewidth 1.5 linecolor rgb '{}' "
                        "title 'one seed'",
                        seeds.name(), 1.2 * size, kMutedText.light));
        layers.push_back(fmt::format(
            "{} using 1:2:3:4 with yerrorbars pointtype 7 pointsize {:.2f} * unit linewidth 2.5 linecolor rgb '{}' "
            "title 'mean, 95 % CI'",
            intervals.name(), 1.6 * size, kFirst.light));
    }
    layers.push_back(fmt::format("{} using 1:2 with points pointtype 7 pointsize {:.2f} * unit linecolor rgb '{}' {}",
                                 means.name(), 1.6 * size, kFirst.light, repeated ? "notitle" : "title 'one seed'"));
    if (!chosen.empty()) {
        layers.push_back(fmt::format(
            "{} using 1:2 with points pointtype 13 pointsize 2.6 * unit linecolor rgb '{}' title 'chosen p'",
            chosen.name(), kSecond.light));
    }
    layers.push_back(hover_layer(hover, 9));
    plot.commands += plot_command(layers);
    return plot;
}

}  // namespace dropsweep::report
