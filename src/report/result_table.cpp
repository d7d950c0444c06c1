#include "dropsweep/report/result_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dropsweep::report {
namespace {

std::string percent(const Summary& share) {
    if (share.count < 2) return fmt::format("{:.2f} %", 100 * share.mean);
    return fmt::format("{:.2f} +- {:.2f} %", 100 * share.mean, 100 * share.sd);
}

std::string row(const ValueStatistics& value) {
    const std::string dropout = value.dropout.text();
    if (value.trials.empty()) {
        return fmt::format("{:>8}  {:>5}  {:>6}  {:>13}  {:>8}  {:>12}  {:>15}\n", dropout, 0, "-", "-", "-", "-", "-");
    }
    return fmt::format("{:>8}  {:>5}  {:>6.1f}  {:>13.4f}  {:>8.4f}  {:>10.2f} %  {:>15}\n", dropout,
                       value.trials.size(), value.epochs.mean, value.best_val_loss.summary.mean, value.val_loss.mean,
                       100 * value.val_accuracy.mean, percent(value.test_accuracy.summary));
}

std::string left_out(const TrialRecord& trial, const std::map<std::string, std::string>& reasons) {
    const std::string id = trial.trial.id();
    const auto reason = reasons.find(id);
    return fmt::format("{} {}{}\n", id, trial.result ? to_string(trial.result->status) : "not ended",
                       reason == reasons.end() ? "" : ": " + reason->second);
}

}  // namespace

std::string result_table(const Comparison& comparison, const std::map<std::string, std::string>& reasons) {
    std::string text = fmt::format("{:>8}  {:>5}  {:>6}  {:>13}  {:>8}  {:>12}  {:>15}\n", "dropout", "seeds", "epochs",
                                   "best_val_loss", "val_loss", "val_accuracy", "test_accuracy");
    for (const ValueStatistics& value : comparison.values) text += row(value);
    if (std::any_of(comparison.values.begin(), comparison.values.end(),
                    [](const ValueStatistics& value) { return value.trials.size() > 1; })) {
        text += "means over seeds; +- is the sample standard deviation\n";
    }
    for (const TrialRecord* trial : comparison.left_out) text += left_out(*trial, reasons);
    return text;
}

}  // namespace dropsweep::report
