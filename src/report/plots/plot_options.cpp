// The plots of decisions, of differences between settings and of the effects of options.
#include <algorithm>

#include <fmt/format.h>

#include "plot_list.hpp"
#include "plot_templates.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;

/// A value of an option as a tic; a dash for settings whose optimizer has no such option.
std::string shown(const std::string& value) {
    return value.empty() ? "–" : value;
}

/// "0.3, 0.001": the values of a setting.
std::string setting_name(const Json& report, std::size_t setting) {
    std::vector<std::string> values;
    for (const Json& axis : report["axes"]) {
        values.push_back(shown(report["settings"][setting]["values"][axis["option"].get<std::string>()]));
    }
    return fmt::to_string(fmt::join(values, ", "));
}

/// The values of all options side by side, with room between two options.
Plot effects_plot(const Json& effects) {
    Datablock values("values");
    std::vector<std::string> names, options;
    std::vector<double> places, middles;
    Extent extent;
    double place = 0;
    bool repeated = false;
    for (const Json& option : effects) {
        values.next_index();
        const double begin = place;
        for (const Json& value : option["values"]) {
            const Json& accuracy = value["test_accuracy"];
            values.row(place, percent(accuracy["mean"]), percent(accuracy["low"]), percent(accuracy["high"]));
            for (const char* each : {"mean", "low", "high"}) extent.include(percent(accuracy[each]));
            repeated = repeated || !accuracy["low"].is_null();
            names.push_back(value["value"]);
            places.push_back(place);
            ++place;
        }
        options.push_back(option["option"]);
        middles.push_back((begin + place - 1) / 2);
        ++place;
    }
    Plot plot{.name = "effects", .commands = k_effects};
    plot.set_labels("What each option does",
                    repeated ? "mean over all values of the other options, 95 % confidence interval over the seeds"
                             : "mean over all values of the other options, one seed",
                    "", "test accuracy (%)");
    plot.set("n", effects.size());
    plot.set("last", place - 2);
    plot.set("longest", longest(names));
    plot.set("tics", tics(names, places));
    plot.set_range(extent.padded(0.06, -1, 100.02));
    plot.set("options", options);
    plot.set("middles", middles);
    plot.add(values);
    return plot;
}

Plot pair_plot(const Json& report, const Json& pair) {
    const auto values_of = [&](const Json& option) {
        const auto axis = std::ranges::find(report["axes"], option, [](const Json& each) { return each["option"]; });
        std::vector<std::string> values;
        for (const Json& value : (*axis)["values"]) values.push_back(shown(value));
        return values;
    };
    const std::vector<std::string> rows = values_of(pair["rows"]);
    const std::vector<std::string> columns = values_of(pair["columns"]);
    Datablock cells("cells");
    Extent extent;
    std::vector<double> row_places, column_places;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        row_places.push_back(static_cast<double>(row));
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (row == 0) column_places.push_back(static_cast<double>(column));
            const Json& loss = pair["best_val_loss"][row][column];
            if (loss.is_null()) continue;
            cells.row(column, row, loss, fmt::format("{:.2f} %", percent(pair["test_accuracy"][row][column])));
            extent.include(loss.get<double>());
        }
    }
    const std::string row_name = pair["rows"];
    const std::string column_name = pair["columns"];
    Plot plot{.name = fmt::format("pair-{}-{}", row_name, column_name), .commands = k_pair};
    plot.height = 260 + 76 * static_cast<int>(rows.size());
    plot.set_labels(fmt::format("{} and {}", row_name, column_name),
                    "mean best val_loss (nats), below it mean test accuracy; the darker the lower the loss",
                    column_name, row_name);
    plot.set("longest", longest(rows));
    plot.set("last_column", columns.size() - 1);
    plot.set("last_row", rows.size() - 1);
    plot.set("x_tics", "set xtics " + tics(columns, column_places));
    plot.set("y_tics", "set ytics " + tics(rows, row_places));
    plot.set_range(extent.padded(0, -1, std::numeric_limits<double>::infinity()));
    plot.add(cells);
    return plot;
}

/// The mean of each setting of a decision after every round, until it was dropped.
Plot race_plot(const Json& report) {
    const Json& decision = report["decision"];
    const bool by_accuracy = decision["by"] == "val_accuracy";
    const double factor = by_accuracy ? 100 : 1;
    // Without the settings dropped in the first round, often so far off that the others could not be told apart.
    const Json& rounds = decision["rounds"];
    const std::size_t second = rounds.size() > 1 ? 1 : 0;
    const std::size_t dropped_at_once = report["settings"].size() - rounds[second]["settings"].size();
    Datablock curves("curves");
    std::vector<std::string> names;
    std::vector<double> styles;
    Extent extent;
    for (const std::size_t setting : rounds[second]["settings"].get<std::vector<std::size_t>>()) {
        Datablock curve("");
        for (const Json& round : rounds) {
            const auto found = std::ranges::find(round["settings"], Json(setting));
            if (found == round["settings"].end()) continue;
            const Json& mean = round["means"][static_cast<std::size_t>(found - round["settings"].begin())];
            if (mean.is_null()) continue;
            curve.row(round["seeds"], factor * mean.get<double>());
            extent.include(factor * mean.get<double>());
        }
        if (curve.empty()) continue;
        curves.append(curve);
        names.push_back(setting_name(report, setting));
        styles.push_back(static_cast<double>(setting));
    }
    Plot plot{.name = "race", .commands = k_race};
    const double difference = factor * decision["difference"].get<double>();
    const std::string others =
        dropped_at_once == 0
            ? ""
            : fmt::format("; {} more {} dropped after {} seeds", dropped_at_once, dropped_at_once == 1 ? "was" : "were",
                          rounds[0]["seeds"].get<std::size_t>());
    plot.set_labels("The race: mean over the seeds, until a setting is dropped",
                    fmt::format("{}; a difference of {:g} {} matters{}", decision["state"].get<std::string>(),
                                difference, by_accuracy ? "points" : "nats", others),
                    "seeds", by_accuracy ? "validation accuracy (%)" : "best validation loss (nats)");
    plot.set("legend", report["axes"].size() == 1 ? axis_title(report) : "");
    plot.set("first_seeds", rounds.front()["seeds"].get<double>());
    plot.set("last", rounds.back()["seeds"].get<double>());
    plot.set("n", names.size());
    plot.set("values", report["settings"].size());
    plot.set("names", names);
    plot.set("styles", styles);
    plot.set_range(extent.padded(0.04, -1, std::numeric_limits<double>::infinity()));
    plot.add(curves);
    return plot;
}

/// The difference to each rival and its interval, as seeds are added.
Plot difference_plot(const Json& report) {
    Datablock looks("looks");
    std::vector<std::string> names;
    double first = std::numeric_limits<double>::infinity();
    double last = 0;
    Extent extent;
    extent.include(0);
    for (const Json& rival : report["differences"]) {
        looks.next_index();
        const Json& seeds = rival["seeds"];
        for (std::size_t i = 0; i < seeds.size(); ++i) {
            const auto points = [&](const char* name) { return 100 * rival[name][i].get<double>(); };
            looks.row(seeds[i], points("mean"), points("low"), points("high"));
            extent.include(points("mean"));
            // The range of the axis is that of the last interval: the first may be many times as wide.
            if (i + 1 < seeds.size()) continue;
            extent.include(points("low"));
            extent.include(points("high"));
        }
        first = std::min(first, seeds.front().get<double>());
        last = std::max(last, seeds.back().get<double>());
        names.push_back(setting_name(report, rival["setting"]));
    }
    Plot plot{.name = "difference", .commands = k_difference};
    const std::string chosen = setting_name(report, report["verdict"]["setting"]);
    plot.set_labels("The difference to others, as seeds are added",
                    fmt::format("{}{} minus others: mean, and the 95 % interval that holds at every look",
                                report["axes"].size() == 1 ? axis_title(report) + " = " : "", chosen),
                    "seeds", "difference in test accuracy (points)");
    plot.set("legend", "minus");
    plot.set("first_seeds", first);
    plot.set("last", last);
    plot.set("n", names.size());
    plot.set("names", names);
    plot.set_range(extent.padded(0.5, -100, 100));
    plot.add(looks);
    return plot;
}

}  // namespace

std::vector<Plot> option_plots(const Json& report) {
    std::vector<Plot> plots;
    const Json& decision = report["decision"];
    if (!decision.is_null() && !decision["rounds"].empty()) plots.push_back(race_plot(report));
    if (!report["differences"].empty()) plots.push_back(difference_plot(report));
    if (!report["effects"].empty()) plots.push_back(effects_plot(report["effects"]));
    for (const Json& pair : report["pairs"]) plots.push_back(pair_plot(report, pair));
    return plots;
}

}  // namespace dropsweep::report
