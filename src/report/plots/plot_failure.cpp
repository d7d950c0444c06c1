#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "dropsweep/core/utf8.hpp"

#include "plot_list.hpp"
#include "plot_style.hpp"

namespace dropsweep::report {
namespace {

constexpr std::size_t kColumns = 8;
constexpr double kPitch = 116;  // pixels from one image to the next
constexpr double kRowPitch = 146;
constexpr double kImage = 94;  // the longer side of an image
constexpr double kLeft = 20;
constexpr double kTop = 100;
constexpr double kCaption = 15;  // from the top of a row to the middle of its caption
constexpr double kImageTop = 26;
constexpr std::size_t kLongestName = 8;
constexpr double kProbability = 13;  // from the bottom of the image to the middle of the text below it

/// Never "100.0" for what is not certain.
double percent_down(float probability) {
    return std::floor(1000.0 * static_cast<double>(probability)) / 10;
}

/// The pixels as a matrix in gnuplot's sense.
std::string matrix(const std::string& name, std::span<const std::uint8_t> pixels, std::size_t columns) {
    std::string text = fmt::format("${} << EOD\n", name);
    for (std::size_t i = 0; i < pixels.size(); ++i)
        text += fmt::format("{}{}", pixels[i], (i + 1) % columns ? '\t' : '\n');
    return text + "EOD\n";
}

}  // namespace

std::optional<Plot> failure_plot(const Classification& classification, std::size_t digit) {
    std::vector<Mistake> shown = mistakes_of_class(classification, digit, true, kMistakesShown);
    const std::size_t rows_of_image = classification.image_rows;
    const std::size_t columns_of_image = classification.image_columns;
    std::erase_if(shown, [&](const Mistake& mistake) { return !classification.images.contains(mistake.index); });
    if (shown.empty()) return std::nullopt;
    const auto all = std::ranges::count_if(
        classification.mistakes, [&](const Mistake& each) { return each.truth == digit || each.predicted == digit; });

    const std::size_t rows = (shown.size() + kColumns - 1) / kColumns;
    Plot plot{.name = fmt::format("failure{}", digit),
              .height = static_cast<int>(kTop + kRowPitch * static_cast<double>(rows)) + 10,
              .commands = {}};
    const double scale = kImage / static_cast<double>(std::max(rows_of_image, columns_of_image));
    const double width = scale * static_cast<double>(columns_of_image);
    const double height = scale * static_cast<double>(rows_of_image);
    Datablock captions("captions");
    Datablock probabilities("probabilities");
    Datablock frames("frames");
    Datablock hover("hover");
    std::vector<std::string> layers;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const Mistake& mistake = shown[i];
        const std::string& truth = classification.names[mistake.truth];
        const std::string& predicted = classification.names[mistake.predicted];
        const double centre = kLeft + kPitch * (static_cast<double>(i % kColumns) + 0.5);
        const double top = kTop + kRowPitch * static_cast<double>(i / kColumns);
        const double left = centre - width / 2;
        const double image_top = top + kImageTop;
        const std::string name = fmt::format("image{}", mistake.index);
        plot.commands += matrix(name, classification.images.at(mistake.index), columns_of_image);
        layers.push_back(
            fmt::format("${} matrix using ({} + ($1 + 0.5) * {}):({} + ($2 + 0.5) * {}):3 with image notitle", name,
                        left, scale, image_top, scale));
        captions.row(centre, top + kCaption,
                     fmt::format("{} read as {}", core::shortened(truth, kLongestName),
                                 core::shortened(predicted, kLongestName)));
        probabilities.row(centre, image_top + height + kProbability,
                          fmt::format("{:.1f} %", percent_down(mistake.probability)));
        frames.row(centre, image_top + height / 2, left, left + width, image_top, image_top + height);
        hover.row(centre, image_top + height / 2,
                  fmt::format("test image {}: true {}, read as {} with probability {:.1f} %", mistake.index, truth,
                              predicted, percent_down(mistake.probability)),
                  std::max(width, height) / 2);
    }
    for (const Datablock* block : {&captions, &probabilities, &frames, &hover}) plot.commands += block->text();
    plot.commands += style(
        plot, fmt::format("Misclassified: class {}", classification.names[digit]),
        fmt::format("{} on the test set: {} of {} where it is the true or the predicted class, most confident first",
                    classification.trial, shown.size(), all));
    // One unit of either axis is one pixel, from the upper left corner.
    plot.commands +=
        "set lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0\n";
    plot.commands += axis_range('x', 0, plot.width) + axis_range('y', plot.height, 0);
    plot.commands += "unset border\nunset tics\nunset grid\nunset key\nunset colorbox\n";
    plot.commands += "set cbrange [0:255]\nset palette defined (0 '#ffffff', 1 '#000000')\n";
    const std::size_t longest = std::ranges::max_element(classification.names, {}, &std::string::size)->size();
    layers.push_back(fmt::format("{} using 1:2:3:4:5:6 with boxxyerror fillstyle empty linecolor rgb '{}' linewidth 1",
                                 frames.name(), kIdle.light));
    layers.push_back(fmt::format("{} using 1:2:3 with labels font ',{}' textcolor rgb '{}'", captions.name(),
                                 longest < 3 ? 16 : 12, kText.light));
    layers.push_back(fmt::format("{} using 1:2:3 with labels font ',15' textcolor rgb '{}'", probabilities.name(),
                                 kMutedText.light));
    layers.push_back(hover_square_layer(hover));
    plot.commands += plot_command(layers);
    return plot;
}

}  // namespace dropsweep::report
