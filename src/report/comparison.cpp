#include "dropsweep/report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "dropsweep/sweep/selection.hpp"

namespace dropsweep::report {
namespace {

double epochs(const record::TrialRecord& trial) {
    return trial.result->epochs;
}
double val_loss(const record::TrialRecord& trial) {
    return trial.result->validation.loss;
}
double val_accuracy(const record::TrialRecord& trial) {
    return trial.result->validation.accuracy;
}
double test_accuracy(const record::TrialRecord& trial) {
    return trial.result->test.accuracy;
}
double best_val_loss(const record::TrialRecord& trial) {
    return trial.result->best_val_loss;
}

using Metric = double (*)(const record::TrialRecord&);

stats::Summary summarize_metric(const std::vector<const record::TrialRecord*>& trials, Metric metric) {
    std::vector<double> values;
    for (const record::TrialRecord* trial : trials) values.push_back(metric(*trial));
    return stats::summarize(values);
}

/// a - b over the seeds that both have.
stats::PairedDifference paired_difference(const ValueStatistics& a, const ValueStatistics& b, Metric metric) {
    std::map<std::uint64_t, const record::TrialRecord*> of_seed;
    for (const record::TrialRecord* trial : b.trials) of_seed.emplace(trial->trial.seed, trial);
    std::vector<double> of_a;
    std::vector<double> of_b;
    for (const record::TrialRecord* trial : a.trials) {
        const auto partner = of_seed.find(trial->trial.seed);
        if (partner == of_seed.end()) continue;
        of_a.push_back(metric(*trial));
        of_b.push_back(metric(*partner->second));
    }
    return stats::compare_paired(of_a, of_b);
}

/// [values] each value minus the reference; none for the reference itself.
std::vector<std::optional<Contrast>> contrasts(const std::vector<ValueStatistics>& values, std::size_t reference,
                                               Metric metric) {
    std::vector<std::optional<Contrast>> all(values.size());
    std::vector<double> p_values(values.size(), train::kNotANumber);
    for (std::size_t v = 0; v < values.size(); ++v) {
        if (v == reference) continue;
        all[v] = Contrast{.paired = paired_difference(values[v], values[reference], metric)};
        p_values[v] = all[v]->paired.p_value;
    }
    const std::vector<double> corrected = stats::holm(p_values);
    for (std::size_t v = 0; v < values.size(); ++v) {
        if (all[v]) all[v]->p_holm = corrected[v];
    }
    return all;
}

std::vector<ValueStatistics> values_of(const record::RunRecord& record) {
    std::map<sweep::Setting, ValueStatistics> by_setting;
    for (const record::TrialRecord& trial : record.trials) {
        ValueStatistics& value = by_setting[trial.trial];
        if (trial.result && trial.result->has_weights()) value.trials.push_back(&trial);
    }
    std::vector<ValueStatistics> values;
    for (auto& [setting, value] : by_setting) {
        value.setting = setting;
        value.epochs = summarize_metric(value.trials, epochs);
        value.val_loss = summarize_metric(value.trials, val_loss);
        value.val_accuracy = summarize_metric(value.trials, val_accuracy);
        value.test_accuracy.summary = summarize_metric(value.trials, test_accuracy);
        value.best_val_loss.summary = summarize_metric(value.trials, best_val_loss);
        values.push_back(std::move(value));
    }
    return values;
}

void decide(Comparison& comparison, const record::RunRecord& record) {
    std::map<std::pair<sweep::Setting, std::uint64_t>, double> outcomes;
    for (const record::TrialRecord& trial : record.trials) {
        if (!trial.result) continue;
        outcomes[{trial.trial, trial.trial.seed}] =
            sweep::outcome_of(*trial.result, comparison.decision_rules->by_accuracy);
    }
    comparison.decision =
        sweep::decide(comparison.values.size(), *comparison.decision_rules,
                      [&](std::size_t value, std::size_t seed) -> std::optional<double> {
                          const auto found = outcomes.find({comparison.values[value].setting, seed + 1});
                          return found == outcomes.end() ? std::nullopt : std::optional(found->second);
                      });
}

/// Whether a decision has dropped the value.
bool is_dropped(const Comparison& comparison, std::size_t value) {
    return comparison.decision &&
           std::ranges::find(comparison.decision->survivors, value) == comparison.decision->survivors.end();
}

void choose(Comparison& comparison) {
    std::size_t most = 1;
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        if (!is_dropped(comparison, v)) most = std::max(most, comparison.values[v].trials.size());
    }
    const auto mean = [&](std::size_t v) {
        if (!comparison.decision || !comparison.decision_rules->by_accuracy) {
            return comparison.values[v].best_val_loss.summary.mean;
        }
        return -comparison.values[v].val_accuracy.mean;
    };
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        if (is_dropped(comparison, v)) continue;
        if (comparison.values[v].trials.size() < most || std::isnan(mean(v))) continue;
        if (!comparison.chosen || mean(v) < mean(*comparison.chosen)) comparison.chosen = v;
    }
    if (!comparison.chosen) return;
    const std::vector<const record::TrialRecord*>& trials = comparison.values[*comparison.chosen].trials;
    comparison.chosen_trial = *std::min_element(trials.begin(), trials.end(), [](const auto* a, const auto* b) {
        return best_val_loss(*a) < best_val_loss(*b);
    });
}

std::vector<SweptOption> axes_of(const std::vector<ValueStatistics>& values) {
    std::set<sweep::DropoutSetting> dropouts;
    std::map<std::string, std::set<sweep::Choice>> choices;
    for (const ValueStatistics& value : values) {
        dropouts.insert(value.setting.dropout);
        for (const sweep::Choice& choice : value.setting.choices) choices[choice.option].insert(choice);
    }
    std::vector<SweptOption> axes;
    for (const sweep::Axis& axis : sweep::kAxes) {
        if (choices[axis.option].size() < 2) continue;
        axes.push_back({axis.option, {}});
        for (const sweep::Choice& choice : choices[axis.option]) axes.back().values.push_back(choice.value);
    }
    if (dropouts.size() > 1 || axes.empty()) {
        axes.insert(axes.begin(), {"dropout", {}});
        for (const sweep::DropoutSetting& dropout : dropouts) axes.front().values.push_back(dropout.text());
    }
    return axes;
}

/// Whether the settings have the same of all axes but one.
bool differ_only_along(const SweptOption& axis, const Comparison& comparison, const sweep::Setting& a,
                       const sweep::Setting& b) {
    return std::ranges::all_of(comparison.axes, [&](const SweptOption& other) {
        return other.option == axis.option || a.value_of(other.option) == b.value_of(other.option);
    });
}

std::vector<std::size_t> neighbours_of(const Comparison& comparison, std::size_t chosen) {
    const std::vector<ValueStatistics>& values = comparison.values;
    std::vector<std::size_t> neighbours;
    for (const SweptOption& axis : comparison.axes) {
        const auto is_along = [&](std::size_t v) {
            return !values[v].trials.empty() &&
                   differ_only_along(axis, comparison, values[v].setting, values[chosen].setting);
        };
        for (std::size_t v = chosen; v-- > 0;) {
            if (!is_along(v)) continue;
            neighbours.push_back(v);
            break;
        }
        for (std::size_t v = chosen + 1; v < values.size(); ++v) {
            if (!is_along(v)) continue;
            neighbours.push_back(v);
            break;
        }
    }
    std::ranges::sort(neighbours);
    return neighbours;
}

Distinctions distinctions_of(const Comparison& comparison) {
    Distinctions distinctions;
    for (std::size_t v = 0; v < comparison.values.size(); ++v) {
        if (v == *comparison.chosen) continue;
        const ValueStatistics& value = comparison.values[v];
        const Contrast& contrast = *value.test_accuracy.against_chosen;
        const std::optional<Contrast>& zero = comparison.values[*comparison.chosen].test_accuracy.against_zero;
        const double p = value.setting == sweep::Setting() && zero ? zero->p_holm : contrast.p_holm;
        (std::isnan(p)                             ? distinctions.uncompared
         : !has_spread(contrast.paired.difference) ? distinctions.without_spread
         : p < stats::kSignificance                ? distinctions.told
                                                   : distinctions.untold)
            .push_back(v);
    }
    return distinctions;
}

std::optional<std::size_t> seeds_to_tell(const Comparison& comparison) {
    double variances = 0;
    std::size_t count = 0;
    for (const std::size_t v : comparison.neighbours) {
        const double sd = comparison.values[v].test_accuracy.against_chosen->paired.difference.sd;
        if (std::isnan(sd)) continue;
        variances += sd * sd;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return stats::pairs_to_detect(kDifferenceToTell, std::sqrt(variances / static_cast<double>(count)));
}

}  // namespace

Comparison compare(const record::RunRecord& record) {
    Comparison comparison;
    comparison.values = values_of(record);
    comparison.axes = axes_of(comparison.values);
    comparison.test_samples = record::test_samples(record);
    comparison.has_images = record::has_images(record);
    for (const record::TrialRecord& trial : record.trials) {
        if (!trial.result || !trial.result->has_weights()) comparison.left_out.push_back(&trial);
    }
    comparison.decision_rules = record::decision_rules(record);
    if (comparison.decision_rules && comparison.values.size() > 1) decide(comparison, record);
    choose(comparison);
    const auto contrast_all = [&](std::size_t reference, std::optional<Contrast> MetricStatistics::*contrast) {
        const auto tests = contrasts(comparison.values, reference, test_accuracy);
        const auto losses = contrasts(comparison.values, reference, best_val_loss);
        for (std::size_t v = 0; v < comparison.values.size(); ++v) {
            comparison.values[v].test_accuracy.*contrast = tests[v];
            comparison.values[v].best_val_loss.*contrast = losses[v];
        }
    };
    if (!comparison.values.empty() && comparison.values.front().setting == sweep::Setting()) {
        contrast_all(0, &MetricStatistics::against_zero);
    }
    if (comparison.chosen) {
        contrast_all(*comparison.chosen, &MetricStatistics::against_chosen);
        comparison.distinctions = distinctions_of(comparison);
        comparison.neighbours = neighbours_of(comparison, *comparison.chosen);
        comparison.seeds_to_tell = seeds_to_tell(comparison);
    }
    return comparison;
}

}  // namespace dropsweep::report
