#include <algorithm>
#include <array>
#include <cctype>

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

/// In the order of the page. Plots of other names follow, each under its name.
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

const Known* known(std::string_view name) {
    const auto found = std::ranges::find(kKnown, name, &Known::name);
    return found == kKnown.end() ? nullptr : &*found;
}

/// A file name of a plot becomes part of ids, so it has to look like one.
bool is_name(std::string_view text) {
    const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, fits);
}

/// The page shows the mistakes of every class as images, not as a plot of one.
bool is_replaced(std::string_view name) {
    return name.starts_with("failure");
}

}  // namespace

Plots::Plots(const std::filesystem::path& directory) : directory_(directory) {
    std::error_code not_there;
    for (const auto& entry : std::filesystem::directory_iterator(directory, not_there)) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() == ".svg" && is_name(name) && !is_replaced(name)) names_.push_back(name);
    }
    std::ranges::sort(names_, {}, [](const std::string& name) {
        const Known* place = known(name);
        return std::pair(place == nullptr ? kKnown.size() : static_cast<std::size_t>(place - kKnown.data()), name);
    });
}

bool Plots::has(std::string_view name) const {
    return std::ranges::find(names_, name) != names_.end();
}

std::string Plots::figure(std::string_view name) const {
    if (!has(name)) return "";
    const Known* plot = known(name);
    const std::string svg = core::read_file(directory_ / fmt::format("{}.svg", name));
    return fmt::format("<figure id=\"plot-{}\"><div class=\"scroll\">{}</div></figure>\n", name,
                       inline_svg(svg, name, plot == nullptr ? name : plot->label));
}

std::string Plots::figures() const {
    std::string html;
    for (const std::string& name : names_) {
        const Known* plot = known(name);
        if (plot == nullptr || !plot->is_elsewhere) html += figure(name);
    }
    return html;
}

}  // namespace dropsweep::report
