// Marginal means of the options of a sweep.
#include "dropsweep/report/effects.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace dropsweep::report {
namespace {

/// Sums over trials.
struct Sum {
    double test_accuracy = 0;
    double best_val_loss = 0;
    double count = 0;
    void add(double accuracy, double loss) {
        test_accuracy += accuracy;
        best_val_loss += loss;
        ++count;
    }
    void add_mean(const Sum& other) { add(other.test_accuracy / other.count, other.best_val_loss / other.count); }
};

/// The values of all options but `option` and those that not every setting has.
std::vector<std::string> context_of(const sweep::Setting& setting, const Comparison& comparison,
                                    const std::string& option) {
    std::vector<std::string> context;
    for (const SweptOption& axis : comparison.axes) {
        const bool is_partial = std::ranges::find(axis.values, "") != axis.values.end();
        if (axis.option != option && !is_partial) context.push_back(setting.value_of(axis.option));
    }
    return context;
}

using BySeed = std::map<std::uint64_t, Sum>;

/// @return  [values] by seed: a sum of means, one for each context in which every value has a trial with this seed
std::vector<BySeed> marginal_means(const Comparison& comparison, const SweptOption& axis,
                                   const std::vector<std::string>& values) {
    std::map<std::pair<std::vector<std::string>, std::uint64_t>, std::map<std::string, Sum>> cells;
    for (const SettingStatistics& setting : comparison.settings) {
        const std::string value = setting.setting.value_of(axis.option);
        if (value.empty()) continue;
        for (const record::TrialRecord* trial : setting.trials) {
            cells[{context_of(setting.setting, comparison, axis.option), trial->trial.seed}][value].add(
                trial->result->test.accuracy, trial->result->best_val_loss);
        }
    }
    std::vector<BySeed> means(values.size());
    for (const auto& [place, of_values] : cells) {
        if (of_values.size() != values.size()) continue;
        for (std::size_t v = 0; v < values.size(); ++v) means[v][place.second].add_mean(of_values.at(values[v]));
    }
    return means;
}

std::vector<double> over_seeds(const BySeed& means, double Sum::*metric) {
    std::vector<double> values;
    for (const auto& [seed, sum] : means) values.push_back(sum.*metric / sum.count);
    return values;
}

double mean_of(const std::vector<const SettingStatistics*>& settings, MetricStatistics SettingStatistics::*metric) {
    std::vector<double> means;
    for (const SettingStatistics* setting : settings) means.push_back((setting->*metric).summary.mean);
    return stats::summarize(means).mean;
}

}  // namespace

std::vector<OptionEffects> effects(const Comparison& comparison) {
    std::vector<OptionEffects> all;
    if (comparison.axes.size() < 2) return all;
    for (const SweptOption& axis : comparison.axes) {
        std::vector<std::string> values = axis.values;
        std::erase(values, "");
        const std::vector<BySeed> means = marginal_means(comparison, axis, values);
        if (values.size() < 2 || means.front().empty()) continue;
        OptionEffects effects{axis.option, {}};
        for (std::size_t v = 0; v < values.size(); ++v) {
            effects.values.push_back({.value = values[v],
                                      .test_accuracy = stats::summarize(over_seeds(means[v], &Sum::test_accuracy)),
                                      .best_val_loss = stats::summarize(over_seeds(means[v], &Sum::best_val_loss)),
                                      .difference = {}});
        }
        const auto best = std::ranges::min_element(effects.values, {},
                                                   [](const Effect& effect) { return effect.best_val_loss.mean; });
        const auto reference = static_cast<std::size_t>(best - effects.values.begin());
        for (std::size_t v = 0; v < values.size(); ++v) {
            if (v == reference) continue;
            std::vector<double> differences = over_seeds(means[v], &Sum::test_accuracy);
            std::ranges::transform(differences, over_seeds(means[reference], &Sum::test_accuracy), differences.begin(),
                                   std::minus<>());
            effects.values[v].difference = stats::summarize(differences);
        }
        all.push_back(std::move(effects));
    }
    return all;
}

std::vector<PairMeans> pair_means(const Comparison& comparison) {
    std::vector<const SweptOption*> axes;
    for (const SweptOption& axis : comparison.axes) {
        if (axis.values.size() > 1 && axis.values.size() <= kMostValuesOfPair) axes.push_back(&axis);
    }
    std::vector<PairMeans> pairs;
    for (std::size_t a = 0; a < axes.size(); ++a) {
        for (std::size_t b = a + 1; b < axes.size(); ++b) {
            PairMeans& pair = pairs.emplace_back();
            pair.rows = axes[a]->option;
            pair.columns = axes[b]->option;
            for (const std::string& row : axes[a]->values) {
                std::vector<double>& accuracies = pair.test_accuracy.emplace_back();
                std::vector<double>& losses = pair.best_val_loss.emplace_back();
                for (const std::string& column : axes[b]->values) {
                    std::vector<const SettingStatistics*> both;
                    for (const SettingStatistics& each : comparison.settings) {
                        if (!each.trials.empty() && each.setting.value_of(pair.rows) == row &&
                            each.setting.value_of(pair.columns) == column) {
                            both.push_back(&each);
                        }
                    }
                    accuracies.push_back(mean_of(both, &SettingStatistics::test_accuracy));
                    losses.push_back(mean_of(both, &SettingStatistics::best_val_loss));
                }
            }
        }
    }
    return pairs;
}

}  // namespace dropsweep::report
