#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "dropsweep/core/hex.hpp"
#include "dropsweep/core/text.hpp"

#include "html.hpp"
#include "page_parts.hpp"

namespace dropsweep::report {
namespace {

Cell text(const std::string& html) {
    return {html, false};
}

/// Of an accuracy or a difference of two: "mean [low, high]"; without an interval the mean alone.
std::string with_interval(const Summary& share, double scale, int places, bool is_difference) {
    const Summary summary = within(share, is_difference ? -1 : 0, 1);
    const auto format = is_difference ? signed_number : number;
    std::string html = format(scale * summary.mean, places);
    if (summary.count > 1) {
        html += fmt::format(" <span class=\"interval\">[{}, {}]</span>", format(scale * summary.low, places),
                            format(scale * summary.high, places));
    }
    return html;
}

std::string values_table(const Comparison& comparison) {
    Table table("Results for each dropout value", {{"dropout"},
                                                   {"best val_loss<small>nats</small>"},
                                                   {"test accuracy<small>% [95 % CI]</small>"},
                                                   {"minus p = 0<small>points [95 % CI]</small>"},
                                                   {"p-value<small>Holm</small>"},
                                                   {"sd<small>points</small>"},
                                                   {"val_loss<small>nats</small>"},
                                                   {"val_accuracy<small>%</small>"},
                                                   {"epochs"},
                                                   {"seeds"}});
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        const ValueStatistics& value = comparison.values[v];
        const Summary& test = value.test_accuracy.summary;
        const auto& contrast = value.test_accuracy.against_zero;
        const bool is_chosen = comparison.chosen == v;
        table.add({{value.dropout.text() + (is_chosen ? "<span class=\"chosen\">chosen</span>" : "")},
                   {number(value.best_val_loss.summary.mean, 4)},
                   {with_interval(test, 100, 2, false)},
                   {contrast ? with_interval(contrast->paired.difference, 100, 2, true) : std::string(kNone)},
                   {contrast ? p_value(contrast->p_holm) : std::string(kNone)},
                   {number(100 * test.sd, 2)},
                   {number(value.val_loss.mean, 4)},
                   {number(100 * value.val_accuracy.mean, 2)},
                   {number(value.epochs.mean, 1)},
                   {std::to_string(value.trials.size())}},
                  is_chosen ? "is-chosen" : "");
    }
    return table.html();
}

std::string left_out(const Comparison& comparison) {
    if (comparison.left_out.empty()) return "";
    std::string names;
    for (const TrialRecord* each : comparison.left_out) {
        names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", escape(each->trial.id()),
                             each->result ? to_string(each->result->status) : "not ended");
    }
    return fmt::format("<p class=\"note\">Left out, because they have no weights to judge: {}.</p>\n", names);
}

std::string trials_table(const RunRecord& record) {
    Table table("All trials", {text("trial"),
                               text("status"),
                               {"epochs"},
                               {"best epoch"},
                               {"best val_loss"},
                               {"val_loss"},
                               {"val_accuracy<small>%</small>"},
                               {"test_loss"},
                               {"test_accuracy<small>%</small>"},
                               text("weights SHA-256")});
    for (const TrialRecord& each : record.trials) {
        const std::string id = escape(each.trial.id());
        if (!each.result) {
            const Cell none{std::string(kNone)};
            table.add({text(id),
                       text("not ended"),
                       {std::to_string(each.epochs.size())},
                       none,
                       none,
                       none,
                       none,
                       none,
                       none,
                       text(std::string(kNone))});
            continue;
        }
        const train::TrialResult& result = *each.result;
        const std::string hash = result.has_weights() ? core::to_hex(result.weights_sha256) : "";
        table.add({text(id),
                   text(std::string(to_string(result.status))),
                   {std::to_string(result.epochs)},
                   {result.epochs == 0 ? std::string(kNone) : std::to_string(result.best_epoch)},
                   {number(result.best_val_loss, 4)},
                   {number(result.validation.loss, 4)},
                   {number(100 * result.validation.accuracy, 2)},
                   {number(result.test.loss, 4)},
                   {number(100 * result.test.accuracy, 2)},
                   text(hash.empty() ? std::string(kNone)
                                     : fmt::format(R"(<code title="{}">{}</code>)", hash, hash.substr(0, 12)))});
    }
    return fmt::format("<details><summary>All {}</summary>\n{}<p class=\"note\">Epochs count from 0.</p></details>\n",
                       core::counted(record.trials.size(), "trial"), table.html());
}

}  // namespace

std::string results_section(const RunRecord& record, const Comparison& comparison) {
    const auto has_spread = [](const ValueStatistics& value) { return value.trials.size() > 1; };
    std::string notes =
        "Means over seeds; val_loss, val_accuracy and test accuracy are of the kept weights. The value is chosen on "
        "validation alone, by the lowest mean best val_loss; the test set only reports.";
    if (std::ranges::any_of(comparison.values, has_spread)) {
        notes +=
            " Intervals are Student t; sd is the sample standard deviation of the test accuracy. Differences are "
            "paired over common seeds, "
            "their p-values from the paired t-test with Holm\u2019s correction.";
    }
    return "<section id=\"results\"><h2>Results</h2>\n" + values_table(comparison) +
           fmt::format("<p class=\"note\">{}</p>\n", notes) + left_out(comparison) + trials_table(record) +
           "</section>\n";
}

}  // namespace dropsweep::report
