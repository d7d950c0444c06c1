#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dropsweep/core/files.hpp"

#include "page_parts.hpp"
#include "svg_inline.hpp"

namespace dropsweep::report {
namespace {

struct Known {
    std::string_view name;
    std::string_view label;     ///< what it shows
    bool is_elsewhere = false;  ///< in a section of its own
};

/// In the order of the page.
constexpr auto kKnown = std::to_array<Known>({
    {"test_accuracy", "Test accuracy of each dropout value, its seeds and their mean"},
    {"val_loss_dropout", "Loss on the validation set after each epoch, for each dropout value"},
    {"val_acc_dropout", "Accuracy on the validation set after each epoch, for each dropout value"},
    {"train_loss_dropout", "Loss on the training set in each epoch, for each dropout value"},
    {"loss", "Training and validation loss of each epoch"},
    {"fscore", "Precision, recall and F1 of each class", true},
    {"confusion", "True and predicted classes", true},
    {"timeline", "Who trained what when", true},
});

/// @param name  of one of them
const Known& known(std::string_view name) {
    return *std::ranges::find(kKnown, name, &Known::name);
}

}  // namespace

Plots::Plots(const std::filesystem::path& directory) : directory_(directory) {
    for (const Known& plot : kKnown) {
        std::error_code not_there;
        if (std::filesystem::exists(directory / fmt::format("{}.svg", plot.name), not_there)) {
            names_.push_back(plot.name);
        }
    }
}

std::string Plots::figure(std::string_view name) const {
    if (std::ranges::find(names_, name) == names_.end()) return "";
    const std::string svg = core::read_file(directory_ / fmt::format("{}.svg", name));
    return fmt::format("<figure id=\"plot-{}\"><div class=\"scroll\">{}</div></figure>\n", name,
                       inline_svg(svg, name, known(name).label));
}

std::string Plots::figures() const {
    std::string html;
    for (const std::string_view name : names_) {
        if (!known(name).is_elsewhere) html += figure(name);
    }
    return html;
}

}  // namespace dropsweep::report
