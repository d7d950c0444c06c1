// Formats the result table.
#include "dropsweep/report/result_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dropsweep::report {
namespace {

std::string percent(const stats::Summary& share) {
    if (share.count < 2) return fmt::format("{:.2f} %", 100 * share.mean);
    return fmt::format("{:.2f} +- {:.2f} %", 100 * share.mean, 100 * share.sd);
}

/// The columns of the swept options, each as wide as its name or its longest value.
class SettingColumns {
  public:
    explicit SettingColumns(const Comparison& comparison) : axes_(comparison.axes) {
        for (const SweptOption& axis : axes_) {
            std::size_t width = std::max(axis.option.size(), std::size_t{8});
            for (const std::string& value : axis.values) width = std::max(width, value.size());
            widths_.push_back(width);
        }
    }

    std::string header() const {
        return cells([](const SweptOption& axis) { return axis.option; });
    }
    std::string row(const sweep::Setting& setting) const {
        return cells([&](const SweptOption& axis) { return setting.value_of(axis.option); });
    }

  private:
    template <class Text>
    std::string cells(Text&& text) const {
        std::string line;
        for (std::size_t i = 0; i < axes_.size(); ++i) {
            line += fmt::format("{}{:>{}}", i == 0 ? "" : "  ", text(axes_[i]), widths_[i]);
        }
        return line;
    }

    const std::vector<SweptOption>& axes_;
    std::vector<std::size_t> widths_;
};

std::string row(const std::string& setting, const SettingStatistics& each) {
    if (each.trials.empty()) {
        return fmt::format("{}  {:>5}  {:>6}  {:>13}  {:>8}  {:>12}  {:>15}\n", setting, 0, "-", "-", "-", "-", "-");
    }
    return fmt::format("{}  {:>5}  {:>6.1f}  {:>13.4f}  {:>8.4f}  {:>10.2f} %  {:>15}\n", setting, each.trials.size(),
                       each.epochs.mean, each.best_val_loss.summary.mean, each.val_loss.mean,
                       100 * each.val_accuracy.mean, percent(each.test_accuracy.summary));
}

std::string left_out(const record::TrialRecord& trial, const std::map<std::string, std::string>& reasons) {
    const std::string id = trial.trial.id();
    const auto reason = reasons.find(id);
    return fmt::format("{} {}{}\n", id, trial.status(), reason == reasons.end() ? "" : ": " + reason->second);
}

}  // namespace

std::string result_table(const Comparison& comparison, const std::map<std::string, std::string>& reasons) {
    const SettingColumns columns(comparison);
    std::string text = fmt::format("{}  {:>5}  {:>6}  {:>13}  {:>8}  {:>12}  {:>15}\n", columns.header(), "seeds",
                                   "epochs", "best_val_loss", "val_loss", "val_accuracy", "test_accuracy");
    for (const SettingStatistics& each : comparison.settings) text += row(columns.row(each.setting), each);
    if (std::any_of(comparison.settings.begin(), comparison.settings.end(),
                    [](const SettingStatistics& each) { return each.trials.size() > 1; })) {
        text += "means over seeds; +- is the sample standard deviation\n";
    }
    for (const record::TrialRecord* trial : comparison.left_out) text += left_out(*trial, reasons);
    return text;
}

}  // namespace dropsweep::report
