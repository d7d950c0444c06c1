// The plots of how a model classifies the test set: scores of each class, confusion matrix, misclassified images.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "dropsweep/record/classification.hpp"
#include "dropsweep/text/hex.hpp"
#include "dropsweep/text/utf8.hpp"
#include "dropsweep/text/words.hpp"

#include "plot_list.hpp"
#include "plot_templates.hpp"

namespace dropsweep::report {
namespace {

using Json = nlohmann::ordered_json;

std::string counted(std::size_t samples, const Json& classification) {
    return text::counted(samples, classification.contains("image") ? "image" : "sample");
}

/// The names of the classes along an axis.
struct ClassAxis {
    std::string tics;  ///< a gnuplot command
    int room = 0;      ///< pixels that the names take beside the axis, beyond those of numbers
};

/// @param most  names that there is room for
ClassAxis class_axis(char axis, const std::vector<std::string>& names, std::size_t most) {
    const std::size_t every = (names.size() + most - 1) / most;
    if (names == text::number_names(names.size())) {
        return {fmt::format("set {}tics 0, nice({}.)", axis, every), 0};
    }
    constexpr std::size_t kMostCharacters = 28;
    constexpr int kCharacter = 11;  // pixels
    std::vector<std::string> shown;
    std::vector<double> places;
    for (std::size_t label = 0; label < names.size(); label += every) {
        shown.push_back(text::shortened(names[label], kMostCharacters));
        places.push_back(static_cast<double>(label));
    }
    const std::string list = tics(shown, places);
    const int length = kCharacter * static_cast<int>(longest(shown));
    const int room = std::max(length - kCharacter, 0);
    if (axis == 'y') return {"set ytics " + list, room};
    constexpr int kWidth = 700;
    if (static_cast<int>(shown.size()) * (length + kCharacter) <= kWidth) return {"set xtics " + list, 0};
    return {"set xtics rotate by 90 right " + list, room};
}

void set_axis(Plot& plot, char axis, const ClassAxis& classes) {
    plot.set(fmt::format("{}_tics", axis), classes.tics);
    plot.set(fmt::format("{}_names_room", axis), classes.room);
}

Plot fscore_plot(const Json& classification) {
    const std::vector<std::string> names = classification["classes"];
    Datablock scores("scores");
    Extent extent;
    for (std::size_t label = 0; label < names.size(); ++label) {
        const Json& score = classification["scores"][label];
        const auto percent = [&score](const char* metric) { return 100 * score[metric].get<double>(); };
        scores.row(label, percent("precision"), percent("recall"), percent("f1"));
        extent.include(percent("precision"));
        extent.include(percent("recall"));
    }
    const ClassAxis axis = class_axis('x', names, 20);
    Plot plot{.name = "fscore", .commands = k_fscore, .height = Plot().height + axis.room};
    plot.set_labels(
        "Precision and recall of each class",
        fmt::format("{} on the test set: accuracy {:.2f} %, mean F1 of the classes {:.2f} %",
                    classification["trial"].get<std::string>(), 100 * classification["accuracy"].get<double>(),
                    100 * classification["macro_average"]["f1"].get<double>()),
        "class", "share (%)");
    plot.set("last", names.size() - 1);
    plot.set_range(extent.padded(0.08, -2, 100.3));
    set_axis(plot, 'x', axis);
    plot.add(scores);
    return plot;
}

Plot confusion_plot(const Json& classification) {
    const std::vector<std::string> names = classification["classes"];
    // Level n >= 0: 2^n or more samples; -1: correct. Each has its entry in the legend.
    std::map<int, Datablock> levels;
    std::size_t most = 1;
    for (std::size_t truth = 0; truth < names.size(); ++truth) {
        for (std::size_t predicted = 0; predicted < names.size(); ++predicted) {
            const std::size_t count = classification["confusion"][truth][predicted];
            if (count == 0) continue;
            constexpr int kHighest = 7;
            const int level = truth == predicted ? -1 : std::min(static_cast<int>(std::bit_width(count)) - 1, kHighest);
            levels.try_emplace(level, "").first->second.row(predicted, truth, count);
            most = std::max(most, count);
        }
    }
    Datablock cells("cells");
    std::vector<double> shown;
    for (const auto& [level, rows] : levels) {
        cells.append(rows);
        shown.push_back(level);
    }
    const ClassAxis x_axis = class_axis('x', names, 20);
    const ClassAxis y_axis = class_axis('y', names, 26);
    Plot plot{
        .name = "confusion", .commands = k_confusion, .width = Plot().width + y_axis.room, .height = 860 + x_axis.room};
    plot.set_labels("Confusion of classes",
                    fmt::format("{} on the test set: {} of {} misclassified",
                                classification["trial"].get<std::string>(), classification["mistakes"].size(),
                                counted(classification["weighted_average"]["support"], classification)),
                    "predicted class", "true class");
    plot.set("legend", classification.contains("image") ? "images" : "samples");
    plot.set("last", names.size() - 1);
    plot.set("longest", fmt::to_string(most).size());
    plot.set("levels", shown.size());
    plot.set("level", shown);
    set_axis(plot, 'x', x_axis);
    set_axis(plot, 'y', y_axis);
    plot.add(cells);
    return plot;
}

std::optional<Plot> failure_plot(const Json& classification, std::size_t digit) {
    const std::vector<std::string> names = classification["classes"];
    std::vector<Json> shown;
    std::size_t all = 0;
    for (const Json& mistake : classification["mistakes"]) {
        if (mistake["true"] != digit && mistake["predicted"] != digit) continue;
        ++all;
        if (mistake.contains("pixels")) shown.push_back(mistake);
    }
    if (shown.empty()) return std::nullopt;
    std::ranges::stable_sort(shown, std::greater<>(),
                             [](const Json& each) { return each["probability"].get<double>(); });
    if (shown.size() > record::kMistakesShown) shown.resize(record::kMistakesShown);

    const std::size_t columns = classification["image"]["columns"];
    Datablock images("images"), captions("captions");
    for (std::size_t i = 0; i < shown.size(); ++i) {
        images.next_index();
        const std::vector<std::uint8_t> pixels = text::from_hex(shown[i]["pixels"].get<std::string>()).value();
        for (std::size_t row = 0; row < pixels.size(); row += columns) {
            images.row(std::span(pixels).subspan(row, columns));
        }
        constexpr std::size_t kLongest = 8;
        const auto name = [&](const char* which) {
            return text::shortened(names[shown[i][which].get<std::size_t>()], kLongest);
        };
        // Rounded down: only a probability of 1 is shown as 100.0 %.
        const double percent = std::floor(1000 * shown[i]["probability"].get<double>()) / 10;
        captions.row(i, fmt::format("{} read as {}", name("true"), name("predicted")),
                     fmt::format("{:.1f} %", percent));
    }
    constexpr std::size_t kInRow = 8;
    const int rows = static_cast<int>((shown.size() + kInRow - 1) / kInRow);
    Plot plot{.name = fmt::format("failure{}", digit), .commands = k_failure, .height = 110 + 146 * rows};
    plot.set("title", fmt::format("Misclassified: class {}", names[digit]));
    plot.set(
        "subtitle",
        fmt::format("{} on the test set: {} of {} where it is the true or the predicted class, most confident first",
                    classification["trial"].get<std::string>(), shown.size(), all));
    plot.set("rows", classification["image"]["rows"].get<double>());
    plot.set("columns", columns);
    plot.set("n", shown.size());
    plot.set("small", longest(names) < 3 ? 0 : 1);
    plot.add(images);
    plot.add(captions);
    return plot;
}

}  // namespace

std::vector<Plot> class_plots(const Json& classification, std::size_t digit) {
    if (classification["weighted_average"]["support"] == 0) return {};
    std::vector<Plot> plots{fscore_plot(classification), confusion_plot(classification)};
    if (auto failures = failure_plot(classification, digit)) plots.push_back(*std::move(failures));
    return plots;
}

}  // namespace dropsweep::report
