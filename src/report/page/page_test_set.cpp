#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "dropsweep/core/text.hpp"

#include "html.hpp"
#include "page_parts.hpp"
#include "png_image.hpp"

namespace dropsweep::report {
namespace {

std::string percent_of(float probability) {
    const double percent = 100.0 * static_cast<double>(probability);
    return fmt::format("{:.0f} %", std::isfinite(percent) ? percent : 0.0);
}

std::string scores_table(const Scores& scores, const std::vector<std::string>& names) {
    Table table("Precision and recall of each class", {{"class"}, {"precision"}, {"recall"}, {"F1"}, {"support"}});
    const auto add = [&](const std::string& name, const Score& each, std::string_view css_class) {
        table.add({{name},
                   {number(each.precision, 4)},
                   {number(each.recall, 4)},
                   {number(each.f1, 4)},
                   {std::to_string(each.support)}},
                  css_class);
    };
    for (std::size_t label = 0; label < scores.classes.size(); ++label) {
        add(escape(names[label]), scores.classes[label], "");
    }
    add("macro average", scores.macro, "total");
    add("weighted average", scores.weighted, "");
    return table.html();
}

std::string tile(const Classification& classification, const Mistake& mistake,
                 const std::vector<std::uint8_t>& pixels) {
    const std::string predicted = escape(classification.names[mistake.predicted]);
    const std::string what =
        fmt::format("true {}, read as {} ({}), test image {}", escape(classification.names[mistake.truth]), predicted,
                    percent_of(mistake.probability), mistake.index);
    const std::string image = png_data_uri(pixels, classification.image_rows, classification.image_columns);
    return fmt::format(R"(<figure class="tile value" title="{0}"><img src="{1}" alt="{0}" width="{2}" height="{3}">)"
                       "<figcaption>\u2192 <b>{4}</b> {5}<small>{6}</small></figcaption></figure>\n",
                       what, image, classification.image_columns, classification.image_rows, predicted,
                       percent_of(mistake.probability), mistake.index);
}

/// @param support  images of the class
std::string gallery_of(const Classification& classification, std::size_t label, std::size_t support) {
    const std::size_t missed = support - classification.count(label, label);
    std::string tiles;
    std::size_t shown = 0;
    for (const Mistake& mistake : mistakes_of_class(classification, label, false, kMistakesShown)) {
        const auto pixels = classification.images.find(mistake.index);
        if (pixels == classification.images.end()) continue;
        tiles += tile(classification, mistake, pixels->second);
        ++shown;
    }
    return fmt::format("<section class=\"gallery\"><h4>{} <span>{} of {} missed{}</span></h4>\n",
                       escape(classification.names[label]), missed, support,
                       shown < missed ? fmt::format(", the {} most confident", shown) : "") +
           (tiles.empty() ? "" : "<div class=\"tiles\">\n" + tiles + "</div>\n") + "</section>\n";
}

}  // namespace

std::string test_section(const Classification& classification, bool is_chosen, const Plots& plots) {
    const Scores scores = score(classification);
    const std::size_t samples = scores.weighted.support;
    const std::string trial = escape(classification.trial);
    std::string html = fmt::format(
        "<section id=\"test\"><h2>The {} on the test set</h2>\n"
        "<p>{} reads {} of {} correctly: {} %.</p>\n",
        is_chosen ? "chosen model" : "model of " + trial, trial, samples - classification.mistakes.size(),
        core::counted(samples, classification.has_images() ? "test image" : "test sample"),
        number(100 * scores.accuracy, 2));
    html += "<h3>Precision and recall</h3>\n" + scores_table(scores, classification.names);
    html += plots.figure("fscore") + plots.figure("confusion");
    if (!classification.has_images()) return html + "</section>\n";
    html +=
        "<h3>Misread images</h3>\n<p class=\"note\">For each true class the images that the model read as another one, "
        "its most confident mistakes first. Below an image: what it was read as, with which probability, and its "
        "number in the test file, from 0.</p>\n";
    for (std::size_t label = 0; label < classification.classes(); ++label) {
        html += gallery_of(classification, label, scores.classes[label].support);
    }
    return html + "</section>\n";
}

}  // namespace dropsweep::report
