#include "dropsweep/report/result_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace dropsweep::report {
namespace {

struct Row {
    core::Decimal dropout;
    std::vector<train::TrialResult> results;
};

template <class Field>
double mean(const std::vector<train::TrialResult>& results, Field&& field) {
    double sum = 0;
    for (const train::TrialResult& result : results) sum += field(result);
    return sum / static_cast<double>(results.size());
}

std::string test_accuracy(const std::vector<train::TrialResult>& results) {
    const auto accuracy = [](const train::TrialResult& result) { return 100.0 * result.test.accuracy; };
    const double centre = mean(results, accuracy);
    if (results.size() < 2) return fmt::format("{:.2f} %", centre);
    const double variance = mean(results, [&](const train::TrialResult& result) {
        return (accuracy(result) - centre) * (accuracy(result) - centre);
    });
    const auto count = static_cast<double>(results.size());
    return fmt::format("{:.2f} +- {:.2f} %", centre, std::sqrt(variance * count / (count - 1)));
}

}  // namespace

std::string result_table(const std::vector<sweep::Trial>& trials,
                         const std::vector<std::optional<sweep::TrialOutcome>>& outcomes) {
    std::vector<Row> rows;
    std::string left_out;
    std::size_t most_seeds = 1;
    for (std::size_t t = 0; t < trials.size(); ++t) {
        if (rows.empty() || rows.back().dropout != trials[t].dropout) rows.push_back({trials[t].dropout, {}});
        if (!outcomes[t]) continue;
        if (outcomes[t]->result.has_weights()) {
            rows.back().results.push_back(outcomes[t]->result);
            most_seeds = std::max(most_seeds, rows.back().results.size());
        } else {
            const std::string& reason = outcomes[t]->message;
            left_out += fmt::format("{} {}{}\n", trials[t].id(), to_string(outcomes[t]->result.status),
                                    reason.empty() ? "" : ": " + reason);
        }
    }
    std::string text = fmt::format("{:>8}  {:>5}  {:>6}  {:>8}  {:>12}  {:>15}\n", "dropout", "seeds", "epochs",
                                   "val_loss", "val_accuracy", "test_accuracy");
    for (const Row& row : rows) {
        if (row.results.empty()) {
            text +=
                fmt::format("{:>8}  {:>5}  {:>6}  {:>8}  {:>12}  {:>15}\n", row.dropout.text(), 0, "-", "-", "-", "-");
            continue;
        }
        text += fmt::format(
            "{:>8}  {:>5}  {:>6.1f}  {:>8.4f}  {:>10.2f} %  {:>15}\n", row.dropout.text(), row.results.size(),
            mean(row.results, [](const train::TrialResult& r) { return static_cast<double>(r.epochs); }),
            mean(row.results, [](const train::TrialResult& r) { return r.validation.loss; }),
            100.0 * mean(row.results, [](const train::TrialResult& r) { return r.validation.accuracy; }),
            test_accuracy(row.results));
    }
    if (most_seeds > 1) text += "means over seeds; +- is the sample standard deviation\n";
    return text + left_out;
}

}  // namespace dropsweep::report
