// Compares the settings of a sweep: summaries, the choice of a setting, paired differences.
#include "dropsweep/report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <set>
#include <utility>

#include "dropsweep/sweep/selection.hpp"

namespace dropsweep::report {
namespace {

using Metric = double (*)(const record::TrialRecord&);
constexpr Metric kEpochs = [](const record::TrialRecord& trial) -> double { return trial.result->epochs; };
constexpr Metric kValLoss = [](const record::TrialRecord& trial) { return trial.result->validation.loss; };
constexpr Metric kValAccuracy = [](const record::TrialRecord& trial) { return trial.result->validation.accuracy; };
constexpr Metric kTestAccuracy = [](const record::TrialRecord& trial) { return trial.result->test.accuracy; };
constexpr Metric kBestValLoss = [](const record::TrialRecord& trial) { return trial.result->best_val_loss; };

stats::Summary summarize_metric(const std::vector<const record::TrialRecord*>& trials, Metric metric) {
    std::vector<double> values;
    for (const record::TrialRecord* trial : trials) values.push_back(metric(*trial));
    return stats::summarize(values);
}

/// The trials of two settings with the same seed.
using Pair = std::pair<const record::TrialRecord*, const record::TrialRecord*>;

/// In ascending order of the seeds that both settings have.
std::vector<Pair> pairs_of(const SettingStatistics& a, const SettingStatistics& b) {
    std::map<std::uint64_t, Pair> by_seed;
    for (const record::TrialRecord* trial : a.trials) by_seed[trial->trial.seed].first = trial;
    for (const record::TrialRecord* trial : b.trials) by_seed[trial->trial.seed].second = trial;
    std::vector<Pair> pairs;
    for (const auto& [seed, pair] : by_seed) {
        if (pair.first != nullptr && pair.second != nullptr) pairs.push_back(pair);
    }
    return pairs;
}

/// Of the differences first - second in the metric.
Contrast contrast_of(const std::vector<Pair>& pairs, Metric metric, const Comparison& comparison) {
    std::vector<double> differences;
    for (const auto& [first, second] : pairs) differences.push_back(metric(*first) - metric(*second));
    Contrast contrast{.difference = stats::summarize(differences),
                      .looks = stats::test_anytime(differences, comparison.error_of_claim()),
                      .p_value = train::kNotANumber,
                      .over_samples = {}};
    if (differences.size() < 2) return contrast;
    const stats::AnytimeTest& last = contrast.looks.back();
    contrast.difference.low = last.low;
    contrast.difference.high = last.high;
    contrast.p_value = std::min(1.0, static_cast<double>(comparison.comparisons) * last.p_value);
    return contrast;
}

/// Contrast::over_samples of a contrast in test accuracy.
std::optional<stats::Interval> over_samples(const std::vector<Pair>& pairs, const Contrast& contrast,
                                            const record::TestPredictions& predictions, double error) {
    const std::vector<std::uint8_t>& labels = predictions.labels;
    if (pairs.size() < 2 || labels.size() < 2) return std::nullopt;
    std::vector<std::int8_t> table;  // [seeds, samples] 1: only the first is right, -1: only the second
    for (const auto& [first, second] : pairs) {
        const auto of_first = predictions.trials.find(first->trial.id());
        const auto of_second = predictions.trials.find(second->trial.id());
        if (of_first == predictions.trials.end() || of_second == predictions.trials.end()) return std::nullopt;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            table.push_back(
                static_cast<std::int8_t>((of_first->second[i] == labels[i]) - (of_second->second[i] == labels[i])));
        }
    }
    return stats::over_rows_and_columns(table, pairs.size(), {contrast.difference.low, contrast.difference.high},
                                        error);
}

std::vector<SettingStatistics> settings_of(const record::RunRecord& record) {
    std::map<sweep::Setting, SettingStatistics> by_setting;
    for (const record::TrialRecord& trial : record.trials) {
        SettingStatistics& each = by_setting[trial.trial];
        if (trial.counts()) each.trials.push_back(&trial);
    }
    std::vector<SettingStatistics> settings;
    for (auto& [setting, each] : by_setting) {
        each.setting = setting;
        each.epochs = summarize_metric(each.trials, kEpochs);
        each.val_loss = summarize_metric(each.trials, kValLoss);
        each.val_accuracy = summarize_metric(each.trials, kValAccuracy);
        each.test_accuracy.summary = summarize_metric(each.trials, kTestAccuracy);
        each.best_val_loss.summary = summarize_metric(each.trials, kBestValLoss);
        settings.push_back(std::move(each));
    }
    return settings;
}

void decide(Comparison& comparison, const record::RunRecord& record) {
    std::map<std::pair<sweep::Setting, std::uint64_t>, double> outcomes;
    for (const record::TrialRecord& trial : record.trials) {
        if (!trial.result) continue;
        outcomes[{trial.trial, trial.trial.seed}] =
            sweep::outcome_of(*trial.result, comparison.decision_rules->by_accuracy);
    }
    comparison.decision =
        sweep::decide(comparison.settings.size(), *comparison.decision_rules,
                      [&](std::size_t setting, std::size_t seed) -> std::optional<double> {
                          const auto found = outcomes.find({comparison.settings[setting].setting, seed + 1});
                          return found == outcomes.end() ? std::nullopt : std::optional(found->second);
                      });
}

/// Whether a decision has dropped the setting.
bool is_dropped(const Comparison& comparison, std::size_t setting) {
    return comparison.decision &&
           std::ranges::find(comparison.decision->survivors, setting) == comparison.decision->survivors.end();
}

/// The criterion of choice: the lower the better.
double merit(const Comparison& comparison, std::size_t v) {
    const bool by_accuracy = comparison.decision && comparison.decision_rules->by_accuracy;
    return by_accuracy ? -comparison.settings[v].val_accuracy.mean : comparison.settings[v].best_val_loss.summary.mean;
}

void choose(Comparison& comparison) {
    std::size_t most = 1;
    for (std::size_t v = 0; v < comparison.settings.size(); ++v) {
        if (!is_dropped(comparison, v)) most = std::max(most, comparison.settings[v].trials.size());
    }
    for (std::size_t v = 0; v < comparison.settings.size(); ++v) {
        if (is_dropped(comparison, v)) continue;
        if (comparison.settings[v].trials.size() < most || std::isnan(merit(comparison, v))) continue;
        if (!comparison.chosen || merit(comparison, v) < merit(comparison, *comparison.chosen)) comparison.chosen = v;
    }
    if (!comparison.chosen) return;
    const std::vector<const record::TrialRecord*>& trials = comparison.settings[*comparison.chosen].trials;
    comparison.chosen_trial =
        *std::ranges::min_element(trials, {}, [](const auto* trial) { return kBestValLoss(*trial); });
}

std::vector<SweptOption> axes_of(const std::vector<SettingStatistics>& settings) {
    std::set<sweep::DropoutSetting> dropouts;
    std::map<std::string, std::set<sweep::Choice>> choices;
    for (const SettingStatistics& each : settings) {
        dropouts.insert(each.setting.dropout);
        for (const sweep::Choice& choice : each.setting.choices) choices[choice.option].insert(choice);
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

/// Whether two settings agree on every axis but this one.
bool differ_only_along(const SweptOption& axis, const Comparison& comparison, const sweep::Setting& a,
                       const sweep::Setting& b) {
    return std::ranges::all_of(comparison.axes, [&](const SweptOption& other) {
        return other.option == axis.option || a.value_of(other.option) == b.value_of(other.option);
    });
}

std::vector<std::size_t> neighbours_of(const Comparison& comparison, std::size_t chosen) {
    const std::vector<SettingStatistics>& settings = comparison.settings;
    std::vector<std::size_t> neighbours;
    for (const SweptOption& axis : comparison.axes) {
        const auto is_along = [&](std::size_t v) {
            return !settings[v].trials.empty() &&
                   differ_only_along(axis, comparison, settings[v].setting, settings[chosen].setting);
        };
        const auto add_first = [&](auto numbers) {
            const auto found = std::ranges::find_if(numbers, is_along);
            if (found != numbers.end()) neighbours.push_back(*found);
        };
        add_first(std::views::iota(std::size_t{0}, chosen) | std::views::reverse);
        add_first(std::views::iota(chosen + 1, settings.size()));
    }
    std::ranges::sort(neighbours);
    return neighbours;
}

Distinctions distinctions_of(const Comparison& comparison) {
    Distinctions distinctions;
    for (std::size_t v = 0; v < comparison.settings.size(); ++v) {
        if (v == *comparison.chosen) continue;
        const Contrast& contrast = *comparison.settings[v].test_accuracy.against_chosen;
        (std::isnan(contrast.p_value)       ? distinctions.uncompared
         : !has_spread(contrast.difference) ? distinctions.without_spread
         : contrast.is_significant()        ? distinctions.significant
                                            : distinctions.not_significant)
            .push_back(v);
    }
    return distinctions;
}

std::vector<std::size_t> rivals_of(const Comparison& comparison) {
    std::vector<std::size_t> rivals;
    std::optional<std::size_t> closest;
    const auto rank = [&](std::size_t v) {
        const std::size_t seeds = comparison.settings[v].test_accuracy.against_chosen->difference.count;
        return std::pair(-static_cast<double>(seeds), merit(comparison, v));
    };
    for (std::size_t v = 0; v < comparison.settings.size(); ++v) {
        if (v == *comparison.chosen) continue;
        if (comparison.settings[v].test_accuracy.against_chosen->difference.count < 2) continue;
        if (comparison.settings[*comparison.chosen].test_accuracy.against_zero && v == 0) rivals.push_back(v);
        if (!closest || rank(v) < rank(*closest)) closest = v;
    }
    if (closest && (rivals.empty() || rivals.front() != *closest)) rivals.push_back(*closest);
    return rivals;
}

/// Comparison::seeds_to_detect.
std::optional<std::size_t> seeds_to_detect_from_neighbours(const Comparison& comparison) {
    double variances = 0;
    std::size_t count = 0;
    for (const std::size_t v : comparison.neighbours) {
        const double sd = comparison.settings[v].test_accuracy.against_chosen->difference.sd;
        if (std::isnan(sd)) continue;
        variances += sd * sd;
        ++count;
    }
    if (count == 0) return std::nullopt;
    return seeds_to_detect(comparison, std::sqrt(variances / static_cast<double>(count)));
}

}  // namespace

std::size_t seeds_to_detect(const Comparison& comparison, double sd) {
    return stats::pairs_to_detect(kDifferenceToDetect, sd, comparison.error_of_claim());
}

Comparison compare(const record::RunRecord& record, const record::TestPredictions& predictions) {
    Comparison comparison;
    comparison.settings = settings_of(record);
    comparison.axes = axes_of(comparison.settings);
    comparison.test_samples = record::test_samples(record);
    comparison.has_images = record::has_images(record);
    for (const record::TrialRecord& trial : record.trials) {
        if (!trial.counts()) comparison.left_out.push_back(&trial);
    }
    comparison.decision_rules = record::decision_rules(record);
    if (comparison.decision_rules && comparison.settings.size() > 1) decide(comparison, record);
    choose(comparison);
    comparison.comparisons = comparison.settings.size() * (comparison.settings.size() - 1) / 2;
    const auto contrast_all = [&](std::size_t reference, std::optional<Contrast> MetricStatistics::*contrast) {
        const SettingStatistics& other = comparison.settings[reference];
        for (SettingStatistics& each : comparison.settings) {
            if (&each == &other) continue;
            const std::vector<Pair> pairs = pairs_of(each, other);
            Contrast accuracy = contrast_of(pairs, kTestAccuracy, comparison);
            accuracy.over_samples = over_samples(pairs, accuracy, predictions, comparison.error_of_claim());
            each.test_accuracy.*contrast = std::move(accuracy);
            each.best_val_loss.*contrast = contrast_of(pairs, kBestValLoss, comparison);
        }
    };
    if (!comparison.settings.empty() && comparison.settings.front().setting == sweep::Setting()) {
        contrast_all(0, &MetricStatistics::against_zero);
    }
    if (comparison.chosen) {
        contrast_all(*comparison.chosen, &MetricStatistics::against_chosen);
        comparison.distinctions = distinctions_of(comparison);
        comparison.neighbours = neighbours_of(comparison, *comparison.chosen);
        comparison.rivals = rivals_of(comparison);
        comparison.seeds_to_detect = seeds_to_detect_from_neighbours(comparison);
    }
    return comparison;
}

}  // namespace dropsweep::report
