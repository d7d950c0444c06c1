#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/core/text.hpp"
#include "dropsweep/core/utf8.hpp"

#include "plot_list.hpp"
#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

/// The names of the classes along an axis.
struct ClassAxis {
    std::string tics;
    int room = 0;  ///< pixels that they take beside the axis, more than numbers do
};

/// @param most  names that there is room for
ClassAxis class_axis(char axis, const std::vector<std::string>& names, std::size_t most) {
    if (names == core::number_names(names.size())) return {whole_number_tics(axis, names.size() - 1, most), 0};
    const std::size_t step = (names.size() + most - 1) / most;
    std::vector<std::string> tics;
    std::size_t longest = 0;
    for (std::size_t label = 0; label < names.size(); label += step) {
        constexpr std::size_t kMostCharacters = 28;
        const std::string name = core::shortened(names[label], kMostCharacters);
        longest = std::max(longest, name.size());
        tics.push_back(fmt::format("{} {}", gnuplot_string(name), label));
    }
    const std::string list = fmt::format("({})\n", fmt::join(tics, ", "));
    constexpr int kCharacter = 11;
    const int length = kCharacter * static_cast<int>(longest);
    const int room = std::max(length - kCharacter, 0);
    if (axis == 'y') return {"set ytics " + list, room};
    constexpr int kWidth = 700;
    if (static_cast<int>(tics.size()) * (length + kCharacter) <= kWidth) return {"set xtics " + list, 0};
    return {"set xtics rotate by 90 right " + list, room};
}

}  // namespace

std::optional<Plot> fscore_plot(const Classification& classification) {
    const Scores scores = score(classification);
    Datablock precisions("precision");
    Datablock recalls("recall");
    Datablock f1s("f1");
    Datablock hover("hover");
    Range y;
    for (std::size_t label = 0; label < scores.classes.size(); ++label) {
        const Score& each = scores.classes[label];
        const std::string& name = classification.names[label];
        const auto x = static_cast<double>(label);
        const double precision = 100 * each.precision;
        const double recall = 100 * each.recall;
        const double f1 = 100 * each.f1;
        precisions.row(x - 0.12, precision);
        recalls.row(x + 0.12, recall);
        f1s.row(x, f1, x - 0.3, x + 0.3);
        hover.row(x - 0.12, precision, fmt::format("class {}: precision {:.2f} %", name, precision));
        hover.row(x + 0.12, recall,
                  fmt::format("class {}: recall {:.2f} % of {}", name, recall, classification.counted(each.support)));
        hover.row(x, f1, fmt::format("class {}: F1 {:.2f} %", name, f1));
        y.include(precision);
        y.include(recall);
    }
    if (precisions.empty()) return std::nullopt;
    const std::size_t last = scores.classes.size() - 1;
    const double size = last < 20 ? 1.6 : last < 60 ? 1.1 : 0.7;
    const Range shown = y.padded(0.08);
    const ClassAxis axis = class_axis('x', classification.names, 20);
    Plot plot{.name = "fscore", .height = Plot().height + axis.room, .commands = {}};
    for (const Datablock* block : {&precisions, &recalls, &f1s, &hover}) plot.commands += block->text();
    plot.commands += style(plot, "Precision and recall of each class",
                           fmt::format("{} on the test set: accuracy {:.2f} %, mean F1 of the classes {:.2f} %",
                                       classification.trial, 100 * scores.accuracy, 100 * scores.macro.f1));
    plot.commands += axes(plot, {.bottom = 130.0 + axis.room, .x_tics = 20.0 + axis.room}, "class", "share (%)");
    plot.commands += axis_range('x', -0.6, static_cast<double>(last) + 0.6) + axis.tics;
    plot.commands +=
        axis_range('y', std::max(shown.low(), -2.0), std::min(shown.high(), 100 + 0.03 * (shown.high() - shown.low())));
    plot.commands += legend_below() + "set errorbars 0\n";
    plot.commands += plot_command({
        fmt::format("{} using 1:2:3:4 with xerrorbars pointtype 0 linewidth 2 linecolor rgb '{}' title 'F1'",
                    f1s.name(), kIdle.light),
        fmt::format("{} using 1:2 with points pointtype 7 pointsize {} * unit linecolor rgb '{}' title 'precision'",
                    precisions.name(), size, kFirst.light),
        fmt::format("{} using 1:2 with points pointtype 9 pointsize {} * unit linecolor rgb '{}' title 'recall'",
                    recalls.name(), size * 1.15, kSecond.light),
        hover_layer(hover, 9),
    });
    return plot;
}

std::optional<Plot> confusion_plot(const Classification& classification) {
    const std::size_t classes = classification.classes();
    const std::vector<std::string>& names = classification.names;
    const Scores scores = score(classification);
    const std::size_t total = scores.weighted.support;
    if (total == 0) return std::nullopt;
    const ClassAxis x_axis = class_axis('x', names, 20);
    const ClassAxis y_axis = class_axis('y', names, 26);
    Plot plot{.name = "confusion", .width = Plot().width + y_axis.room, .height = 860 + x_axis.room, .commands = {}};
    const Margins place{.left = 100.0 + y_axis.room,
                        .right = 180,
                        .top = 100,
                        .bottom = 80.0 + x_axis.room,
                        .x_tics = 20.0 + x_axis.room};
    const double cell = (plot.width - place.left - place.right) / static_cast<double>(classes);

    // A level is a power of two: each has its line in the legend, so the map can be read back.
    Datablock correct("correct");
    std::vector<Datablock> wrong;
    for (std::size_t level = 0; level < kHeatLevels; ++level) wrong.emplace_back(fmt::format("level{}", level));
    Datablock dark_numbers("numbers");
    Datablock light_numbers("light_numbers");
    Datablock hover("hover");
    std::size_t longest = 1;
    for (std::size_t truth = 0; truth < classes; ++truth) {
        const std::size_t support = scores.classes[truth].support;
        for (std::size_t predicted = 0; predicted < classes; ++predicted) {
            const std::size_t count = classification.count(truth, predicted);
            if (count == 0) continue;
            const auto x = static_cast<double>(predicted);
            const auto y = static_cast<double>(truth);
            const std::string number = std::to_string(count);
            longest = std::max(longest, number.size());
            const std::size_t level = std::min(static_cast<std::size_t>(std::bit_width(count) - 1), kHeatLevels - 1);
            const bool right = truth == predicted;
            (right ? correct : wrong[level]).row(x, y);
            (right || &text_on_heat(level) != &text_on_heat(kHeatLevels - 1) ? dark_numbers : light_numbers)
                .row(x, y, number);
            hover.row(x, y,
                      fmt::format("true {}, read as {}: {} ({:.1f} % of the true {})", names[truth], names[predicted],
                                  classification.counted(count),
                                  100 * static_cast<double>(count) / static_cast<double>(support), names[truth]),
                      cell / 2);
        }
    }

    plot.commands += style(plot, "Confusion of classes",
                           fmt::format("{} on the test set: {} of {} misclassified", classification.trial,
                                       classification.mistakes.size(), classification.counted(total)));
    plot.commands += axes(plot, place, "predicted class", "true class");
    const double edge = static_cast<double>(classes) - 0.5;
    plot.commands += axis_range('x', -0.5, edge) + axis_range('y', edge, -0.5);
    plot.commands += x_axis.tics + y_axis.tics;
    plot.commands += "unset grid\n";
    plot.commands += legend_right(plot, place, classification.has_images() ? "images" : "samples", 10);
    std::vector<std::string> layers;
    const auto add_cells = [&](const Datablock& cells, const Color& color, const std::string& title) {
        if (cells.empty()) return;
        plot.commands += cells.text();
        layers.push_back(fmt::format(
            "{} using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle solid {} linecolor rgb '{}' "
            "title {}",
            cells.name(), cell > 8 ? fmt::format("border linecolor rgb '{}'", kBackground.light) : "noborder",
            color.light, gnuplot_string(title)));
    };
    add_cells(correct, kCorrect, "correct");
    for (std::size_t level = 0; level < kHeatLevels; ++level) {
        const std::size_t least = std::size_t{1} << level;
        add_cells(wrong[level], heat(level),
                  level == 0                 ? "1"
                  : level == kHeatLevels - 1 ? fmt::format("{}+", least)
                                             : fmt::format("{}–{}", least, 2 * least - 1));
    }
    // Below this size nobody reads the numbers: the colours and what the cells say when pointed at remain.
    constexpr double kSmallest = 9;
    const double size = std::min(20.0, 0.9 * cell / (0.64 * static_cast<double>(longest)));
    if (size >= kSmallest) {
        for (const auto& [numbers, color] :
             {std::pair(&dark_numbers, &kText), std::pair(&light_numbers, &kBackground)}) {
            if (numbers->empty()) continue;
            plot.commands += numbers->text();
            layers.push_back(fmt::format("{} using 1:2:3 with labels font ',{:.0f}' textcolor rgb '{}' notitle",
                                         numbers->name(), size, color->light));
        }
    }
    plot.commands += hover.text();
    layers.push_back(hover_square_layer(hover));
    plot.commands += plot_command(layers);
    return plot;
}

}  // namespace dropsweep::report
