// The statistics of a sweep: each setting over its seeds, the chosen setting, and the differences between settings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dropsweep/record/predictions.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/stats/statistics.hpp"
#include "dropsweep/sweep/decision.hpp"

namespace dropsweep::report {

/// The difference in test accuracy for which the seeds to detect it are estimated: 0.1 percentage points.
inline constexpr double kDifferenceToDetect = 0.001;

/// One setting minus another, paired over their common seeds.
struct Contrast {
    /// low and high are those of the anytime-valid test, with the error divided among all pairs of settings.
    stats::Summary difference;
    std::vector<stats::AnytimeTest> looks;  ///< after each common seed, in ascending order
    /// Of the same test after the last seed, times the number of pairs of settings (Bonferroni), at most 1; not a
    /// number below two common seeds.
    double p_value = 0;
    /// Of a difference in test accuracy, over seeds and test samples; none where a model's predictions are not known,
    /// or below two common seeds or two samples.
    std::optional<stats::Interval> over_samples;
    /// Whether the data distinguish the two settings.
    bool is_significant() const { return p_value <= stats::kSignificance; }
};

/// One metric of one setting over its seeds.
struct MetricStatistics {
    stats::Summary summary;
    /// This setting minus p = 0; none for p = 0 itself, without p = 0, and where settings differ in other options too.
    std::optional<Contrast> against_zero;
    std::optional<Contrast> against_chosen;  ///< this setting minus the chosen one; none for the chosen one itself
};

/// One setting over its seeds. Trials without kept weights (diverged, failed, not ended) do not count.
struct SettingStatistics {
    sweep::Setting setting;
    std::vector<const record::TrialRecord*> trials;  ///< those that count: with kept weights
    stats::Summary epochs;
    stats::Summary val_loss;         ///< nats, of the kept weights
    stats::Summary val_accuracy;     ///< share, of the kept weights
    MetricStatistics test_accuracy;  ///< share
    MetricStatistics best_val_loss;  ///< nats
};

/// An option in which settings differ, and its values in ascending order.
struct SweptOption {
    std::string option;
    std::vector<std::string> values;  ///< "": of settings whose optimizer has no such option
};

/// Indices into Comparison::settings of all settings but the chosen one, by how their test accuracy differs from its.
struct Distinctions {
    std::vector<std::size_t> significant;      ///< Contrast::is_significant
    std::vector<std::size_t> not_significant;  ///< neither significant nor one of the following
    std::vector<std::size_t> without_spread;   ///< the difference is the same with every seed
    std::vector<std::size_t> uncompared;       ///< fewer than two common seeds
};

/// Whether accuracies, or their differences, vary: by more than the rounding errors of equal shares. One image more or
/// less gives a larger sd.
inline bool has_spread(const stats::Summary& summary) {
    return summary.sd > 1e-12;
}

/// All statistics of a sweep. Points into the record that it was made from.
struct Comparison {
    std::vector<SettingStatistics> settings;  ///< by setting, ascending; also those without a trial that counts
    std::vector<SweptOption> axes;            ///< at least dropout
    std::vector<const record::TrialRecord*> left_out;  ///< trials that do not count
    /// Index into settings: the lowest mean best_val_loss (where a decision goes by accuracy, the highest mean
    /// val_accuracy), the first of equals, among those that no decision has dropped and with the most trials that
    /// count.
    std::optional<std::size_t> chosen;
    /// Of the chosen setting: lowest best_val_loss, the first of equals.
    const record::TrialRecord* chosen_trial = nullptr;
    /// Indices into settings: along each axis the nearest below and above the chosen one that has a trial that counts.
    std::vector<std::size_t> neighbours;
    Distinctions distinctions;
    /// Indices into settings, with at least two seeds in common with the chosen one: p = 0, and its closest competitor,
    /// with the most seeds in common, and of these the best by the criterion of choice.
    std::vector<std::size_t> rivals;
    std::optional<sweep::DecisionRules> decision_rules;
    /// By these rules, among all settings, which it names by their indices. Only its survivors can be chosen.
    std::optional<sweep::Decision> decision;
    /// Pairs of settings, n (n - 1) / 2, among whose tests the error kSignificance is divided (Bonferroni).
    std::size_t comparisons = 0;
    double error_of_claim() const { return stats::kSignificance / static_cast<double>(comparisons); }
    /// About how many seeds a setting needs to detect kDifferenceToDetect in test accuracy (seeds_to_detect), from the
    /// root mean square of the sds of the differences between the chosen setting and its neighbours; none without such
    /// sds.
    std::optional<std::size_t> seeds_to_detect;
    std::optional<std::size_t> test_samples;  ///< in the test set, where the manifest says it
    bool has_images = true;                   ///< the test samples are images
};

/// The setting is chosen on validation alone; test accuracy is only reported. Local: no communication.
/// One with fewer trials than others cannot be chosen: the loss of a diverged trial is infinite, and so would be
/// the mean with it; a trial that has not ended would leave a mean over other, perhaps easier, seeds.
/// @param record       must outlive the result
/// @param predictions  of the models on the test set; empty: not known
Comparison compare(const record::RunRecord& record, const record::TestPredictions& predictions = {});

/// statistics.csv; its columns are defined in results/README.md.
std::string statistics_csv(const Comparison& comparison);

/// About how many common seeds detect a difference of kDifferenceToDetect in test accuracy: stats::pairs_to_detect with
/// the error of one of the pairs of settings. @param sd  of the differences
std::size_t seeds_to_detect(const Comparison& comparison, double sd);

/// A few sentences: which setting is best, by how much, whether the data can tell it from the others, and how many more
/// seeds it would take to tell 0.1 points. No p-value is given for differences that are the same with every seed, and
/// no number of seeds without spread, or where 0.1 points are less than one test sample. Without a newline. "Told
/// apart" is by the anytime-valid test of the paired differences in test accuracy, with an error of 0.05 for all pairs
/// of settings together.
std::string verdict(const Comparison& comparison);

}  // namespace dropsweep::report
