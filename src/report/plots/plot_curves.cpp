#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"

#include "plot_list.hpp"
#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

/// A column of history.csv and how it is written.
struct Metric {
    const char* name;
    std::function<double(const train::EpochRecord&)> value;
    double scale = 1;  ///< what is drawn is value * scale
    const char* unit = "";
    int places = 4;
};

const Metric kLoss{"loss", [](const train::EpochRecord& e) { return e.training.loss; }};
const Metric kValLoss{"val_loss", [](const train::EpochRecord& e) { return e.validation.loss; }};
const Metric kValAccuracy{"val_accuracy", [](const train::EpochRecord& e) { return e.validation.accuracy; }, 100, " %",
                          2};

struct Curve {
    std::string label;  ///< in the legend
    std::string hover;  ///< before the value
    const Color* color;
    std::size_t look;  ///< number of its marker and dashes
    const Metric* metric;
    std::vector<Summary> epochs;  ///< over the seeds, from epoch 0
};

Curve curve(const std::string& label, const ValueStatistics& value, const Metric& metric, const Color& color,
            std::size_t look) {
    Curve result{label, fmt::format("p = {}", value.dropout.text()), &color, look, &metric, {}};
    for (std::size_t epoch = 0;; ++epoch) {
        std::vector<double> values;
        for (const TrialRecord* trial : value.trials) {
            if (epoch >= trial->epochs.size()) continue;
            const double at_epoch = metric.scale * metric.value(trial->epochs[epoch]);
            if (std::isfinite(at_epoch)) values.push_back(at_epoch);
        }
        if (values.empty() || 2 * values.size() < value.trials.size()) return result;
        result.epochs.push_back(summarize(values));
    }
}

std::string hover_text(const Curve& curve, std::size_t epoch) {
    const Summary& seeds = curve.epochs[epoch];
    const Metric& metric = *curve.metric;
    std::string text =
        fmt::format("{}, epoch {}: {} {:.{}f}", curve.hover, epoch, metric.name, seeds.mean, metric.places);
    if (std::isfinite(seeds.sd)) text += fmt::format(" ± {:.{}f}", seeds.sd, metric.places);
    return fmt::format("{}{} ({})", text, metric.unit, core::counted(seeds.count, "seed"));
}

std::string how_it_is_averaged(const std::vector<Curve>& curves) {
    std::size_t most = 0;
    for (const Curve& each : curves) {
        for (const Summary& seeds : each.epochs) most = std::max(most, seeds.count);
    }
    if (most < 2) return "one seed";
    return fmt::format("mean of {} seeds while at least half of them train; band: ± 1 sample sd", most);
}

std::optional<Plot> curves_plot(const std::string& name, const std::string& title, const std::string& y_label,
                                const std::string& legend, bool from_zero, std::vector<Curve> curves) {
    std::erase_if(curves, [](const Curve& each) { return each.epochs.empty(); });
    if (curves.empty()) return std::nullopt;
    Plot plot{.name = name, .commands = {}};
    Range range;
    if (from_zero) range.include(0);
    Datablock hover("hover");
    std::vector<std::string> bands;
    std::vector<std::string> lines;
    constexpr std::size_t kMostMarkers = 50;  // on a curve, before they hide it
    const std::size_t longest =
        std::ranges::max_element(curves, {}, [](const Curve& each) { return each.epochs.size(); })->epochs.size();
    for (std::size_t c = 0; c < curves.size(); ++c) {
        const Curve& each = curves[c];
        Datablock data(fmt::format("curve{}", c));
        bool has_band = false;
        for (std::size_t epoch = 0; epoch < each.epochs.size(); ++epoch) {
            const Summary& seeds = each.epochs[epoch];
            const double spread = std::isfinite(seeds.sd) ? seeds.sd : 0;
            has_band = has_band || spread > 0;
            data.row(static_cast<double>(epoch), seeds.mean, seeds.mean - spread, seeds.mean + spread);
            hover.row(static_cast<double>(epoch), seeds.mean, hover_text(each, epoch));
            range.include(seeds.mean - spread);
            range.include(seeds.mean + spread);
        }
        plot.commands += data.text();
        if (has_band && each.epochs.size() > 1) {
            bands.push_back(fmt::format(
                "{} using 1:3:4 with filledcurves fillcolor rgb '{}' fillstyle transparent solid {} noborder notitle",
                data.name(), each.color->light, curves.size() > 2 ? 0.12 : 0.2));
        }
        lines.push_back(
            fmt::format("{} using 1:2 with linespoints linecolor rgb '{}' linewidth 2.5 dashtype {} pointtype {} "
                        "pointsize 1.4 * unit pointinterval {} title {}",
                        data.name(), each.color->light, dash(each.look), marker(each.look),
                        (longest + kMostMarkers - 1) / kMostMarkers, gnuplot_string(each.label)));
    }
    const Range y = range.padded(0.04);
    const std::size_t last = longest - 1;
    const double margin = std::max(0.3, 0.03 * static_cast<double>(last));
    plot.commands += hover.text();
    plot.commands += style(plot, title, how_it_is_averaged(curves));
    const Margins place{.right = 195};
    plot.commands += axes(plot, place, "epoch", y_label) + legend_right(plot, place, legend, curves.size());
    plot.commands += axis_range('x', -margin, static_cast<double>(last) + margin) + whole_number_tics('x', last, 14);
    plot.commands += axis_range('y', range.low() >= 0 ? std::max(0.0, y.low()) : y.low(), y.high());
    std::vector<std::string> layers = bands;
    layers.insert(layers.end(), lines.begin(), lines.end());
    layers.push_back(hover_layer(hover, 11));
    plot.commands += plot_command(layers);
    return plot;
}

std::vector<Curve> one_curve_per_value(const Comparison& comparison, const Metric& metric) {
    std::vector<Curve> curves;
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        curves.push_back(curve(comparison.values[v].dropout.text(), comparison.values[v], metric,
                               sequential(v, comparison.values.size()), v));
    }
    return curves;
}

}  // namespace

std::optional<Plot> loss_plot(const Comparison& comparison) {
    const auto lowest =
        std::ranges::find_if(comparison.values, [](const ValueStatistics& v) { return !v.trials.empty(); });
    if (lowest == comparison.values.end()) return std::nullopt;
    return curves_plot("loss", fmt::format("Training and validation loss, p = {}", lowest->dropout.text()),
                       "loss (nats)", "", true,
                       {curve("train", *lowest, kLoss, kFirst, 0), curve("validation", *lowest, kValLoss, kSecond, 1)});
}

std::optional<Plot> train_loss_plot(const Comparison& comparison) {
    return curves_plot("train_loss_dropout", "Training loss (dropout on)", "training loss (nats)", "dropout p", true,
                       one_curve_per_value(comparison, kLoss));
}

std::optional<Plot> val_loss_plot(const Comparison& comparison) {
    return curves_plot("val_loss_dropout", "Validation loss", "validation loss (nats)", "dropout p", false,
                       one_curve_per_value(comparison, kValLoss));
}

std::optional<Plot> val_accuracy_plot(const Comparison& comparison) {
    return curves_plot("val_acc_dropout", "Validation accuracy", "validation accuracy (%)", "dropout p", false,
                       one_curve_per_value(comparison, kValAccuracy));
}

}  // namespace dropsweep::report
