// The plots of losses and accuracies over the epochs, and of test accuracy over the first swept option.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "dropsweep/text/decimal.hpp"
#include "dropsweep/text/utf8.hpp"

#include "plot_list.hpp"
#include "plot_templates.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;

struct Curve {
    std::string name;  ///< in the legend
    const Json& curve;
};

struct CurvesStyle {
    const char* name;
    std::string title;
    const char* y_label;
    std::string legend;
    bool from_zero = true;
    double scale = 1;  ///< what is drawn is value * scale
};

std::string how_it_is_averaged(std::size_t seeds) {
    if (seeds < 2) return "one seed";
    return fmt::format("mean of {} seeds while at least half of them train; band: ± 1 sample sd", seeds);
}

std::optional<Plot> curves_plot(const CurvesStyle& style, const std::vector<Curve>& curves) {
    Plot plot{.name = style.name, .commands = k_curves};
    Datablock block("curves");
    std::vector<std::string> names;
    std::vector<double> styles;
    std::size_t epochs = 0, most_seeds = 0;
    Extent extent;
    if (style.from_zero) extent.include(0);
    for (std::size_t c = 0; c < curves.size(); ++c) {
        const auto& [name, curve] = curves[c];
        if (curve["mean"].empty()) continue;
        block.next_index();
        for (std::size_t epoch = 0; epoch < curve["mean"].size(); ++epoch) {
            const double mean = curve["mean"][epoch].get<double>();
            const double spread = curve["sd"][epoch].is_null() ? 0 : curve["sd"][epoch].get<double>();
            block.row(epoch, style.scale * mean, style.scale * (mean - spread), style.scale * (mean + spread));
            extent.include(style.scale * (mean - spread));
            extent.include(style.scale * (mean + spread));
            most_seeds = std::max(most_seeds, curve["seeds"][epoch].get<std::size_t>());
        }
        names.push_back(name);
        styles.push_back(static_cast<double>(c));
        epochs = std::max(epochs, curve["mean"].size());
    }
    if (names.empty()) return std::nullopt;
    plot.set_labels(style.title, how_it_is_averaged(most_seeds), "epoch", style.y_label);
    plot.set("legend", style.legend);
    plot.set("from_zero", style.from_zero ? 1 : 0);
    plot.set("last", epochs - 1);
    plot.set_range(extent.padded(0.04, 0, std::numeric_limits<double>::infinity()));
    plot.set("n", names.size());
    plot.set("values", curves.size());
    plot.set("names", names);
    plot.set("styles", styles);
    plot.add(block);
    return plot;
}

/// Indices of the settings that differ from the chosen one (without one: from the first) at most in the first axis.
std::vector<std::size_t> slice(const Json& report) {
    const Json& settings = report["settings"];
    const Json& chosen = report["verdict"]["setting"];
    std::vector<std::size_t> along;
    for (std::size_t s = 0; s < settings.size(); ++s) {
        const Json& base = settings[chosen.is_null() ? 0 : chosen.get<std::size_t>()]["values"];
        const auto is_as_chosen = [&](const Json& axis) {
            const std::string option = axis["option"];
            return axis == report["axes"][0] || settings[s]["values"][option] == base[option];
        };
        if (std::ranges::all_of(report["axes"], is_as_chosen)) along.push_back(s);
    }
    return along;
}

/// A title, followed by the values of the other axes, which are the same in the whole slice.
std::string title_of_slice(const Json& report, const std::string& title) {
    std::vector<std::string> parts;
    const std::vector<std::size_t> along = slice(report);
    for (std::size_t axis = 1; axis < report["axes"].size() && !along.empty(); ++axis) {
        const std::string option = report["axes"][axis]["option"];
        const std::string value = report["settings"][along.front()]["values"][option];
        if (!value.empty()) parts.push_back(fmt::format("{} = {}", option, value));
    }
    constexpr std::size_t kLongest = 74;
    return text::shortened(parts.empty() ? title : fmt::format("{}, {}", title, fmt::join(parts, ", ")), kLongest);
}

/// A curve for each setting of the slice, named by its place on the first axis.
std::vector<Curve> one_for_each(const Json& report, const char* metric) {
    const std::string option = report["axes"][0]["option"];
    std::vector<Curve> curves;
    for (const std::size_t s : slice(report)) {
        const Json& setting = report["settings"][s];
        curves.push_back({setting["values"][option], setting["curves"][metric]});
    }
    return curves;
}

std::optional<Plot> loss_plot(const Json& report) {
    const Json& settings = report["settings"];
    const std::vector<std::size_t> along = slice(report);
    const auto place =
        std::ranges::find_if(along, [&](std::size_t s) { return !settings[s]["curves"]["loss"]["mean"].empty(); });
    if (place == along.end()) return std::nullopt;
    const Json& first = settings[*place];
    const std::string option = report["axes"][0]["option"];
    return curves_plot({.name = "loss",
                        .title = title_of_slice(report, fmt::format("Training and validation loss, {} = {}",
                                                                    option == "dropout" ? "p" : option,
                                                                    first["values"][option].get<std::string>())),
                        .y_label = "loss (nats)",
                        .legend = ""},
                       {{"train", first["curves"]["loss"]}, {"validation", first["curves"]["val_loss"]}});
}

/// Of each trial of a setting that has weights, in percent.
std::vector<double> accuracies_of(const Json& report, std::size_t setting) {
    std::vector<double> accuracies;
    for (const Json& trial : report["trials"]) {
        if (trial["setting"] != setting || !trial.contains("weights_sha256")) continue;
        accuracies.push_back(percent(trial["test_accuracy"]));
    }
    return accuracies;
}

std::optional<Plot> test_accuracy_plot(const Json& report) {
    const std::string option = report["axes"][0]["option"];
    Datablock means("means"), chosen("chosen"), seeds("seeds");
    std::vector<std::string> names;
    std::vector<double> places;
    double step = 0.1;
    bool repeated = false;
    Extent extent;
    const Json& settings = report["settings"];
    const bool are_numbers =
        option == "dropout" && std::ranges::none_of(report["axes"][0]["values"], [](const Json& value) {
            return value.get<std::string>().find('/') != std::string::npos;
        });
    for (const std::size_t s : slice(report)) {
        const Json& accuracy = settings[s]["test_accuracy"];
        const std::string name = settings[s]["values"][option];
        // Dropout rates are placed by their value, other values at equal distances.
        const double place = are_numbers ? text::Decimal::parse(name).value() : static_cast<double>(places.size());
        if (!places.empty()) {
            step = places.size() == 1 ? place - places.back() : std::min(step, place - places.back());
        }
        names.push_back(name);
        places.push_back(place);
        if (accuracy["mean"].is_null()) continue;
        repeated = repeated || !accuracy["low"].is_null();
        for (const char* each : {"mean", "low", "high"}) extent.include(percent(accuracy[each]));
        means.row(place, percent(accuracy["mean"]), percent(accuracy["low"]), percent(accuracy["high"]));
        if (report["verdict"]["setting"] == s) chosen.row(place, percent(accuracy["mean"]));
        const std::vector<double> of_seeds = accuracies_of(report, s);
        // Side by side in the order of the seeds, to the left of the mean and its interval.
        const auto count = static_cast<double>(of_seeds.size());
        for (std::size_t t = 0; t < of_seeds.size(); ++t) {
            extent.include(of_seeds[t]);
            seeds.row(place, of_seeds[t], 0.12 + 0.22 * (count - 1 - static_cast<double>(t)) / count);
        }
    }
    if (means.empty()) return std::nullopt;
    Plot plot{.name = "test_accuracy", .commands = k_accuracy};
    plot.set_labels(title_of_slice(report, "Test accuracy"),
                    repeated ? "mean with 95 % confidence interval over the seeds; chosen on validation alone"
                             : "one seed; chosen on validation alone",
                    axis_title(report), "test accuracy (%)");
    plot.set("repeated", repeated ? 1 : 0);
    plot.set("has_chosen", chosen.empty() ? 0 : 1);
    plot.set("tics", tics(names, places));
    plot.set("longest", longest(names));
    plot.set("step", step);
    plot.set_range(extent.padded(0.06, -1, 100.02));
    plot.set("first_place", places.front());
    plot.set("last", places.back());
    for (const Datablock* block : {&means, &chosen, &seeds}) plot.add(*block);
    return plot;
}

}  // namespace

double percent(const Json& share) {
    return share.is_null() ? std::nan("") : 100 * std::clamp(share.get<double>(), 0.0, 1.0);
}

std::string axis_title(const Json& report) {
    const std::string option = report["axes"][0]["option"];
    return option == "dropout" ? "dropout p" : option;
}

std::vector<Plot> training_plots(const Json& report) {
    const std::string legend = axis_title(report);
    std::vector<Plot> plots;
    for (std::optional<Plot>& plot :
         std::array{loss_plot(report),
                    curves_plot({"train_loss_dropout", title_of_slice(report, "Training loss (dropout on)"),
                                 "training loss (nats)", legend},
                                one_for_each(report, "loss")),
                    curves_plot({"val_loss_dropout", title_of_slice(report, "Validation loss"),
                                 "validation loss (nats)", legend, false},
                                one_for_each(report, "val_loss")),
                    curves_plot({"val_acc_dropout", title_of_slice(report, "Validation accuracy"),
                                 "validation accuracy (%)", legend, false, 100},
                                one_for_each(report, "val_accuracy")),
                    test_accuracy_plot(report)}) {
        if (plot) plots.push_back(*std::move(plot));
    }
    return plots;
}

}  // namespace dropsweep::report
