#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/record/predictions.hpp"
#include "dropsweep/record/run_record.hpp"
#include "dropsweep/stats/statistics.hpp"
#include "dropsweep/sweep/decision.hpp"

namespace dropsweep::report {

/// The difference in test accuracy whose price in seeds is estimated: 0.1 points.
inline constexpr double kDifferenceToTell = 0.001;

/// One setting minus another over their common seeds.
struct Contrast {
    /// Its interval is that of the anytime-valid test, with the error divided among all pairs of settings.
    stats::Summary difference;
    std::vector<stats::AnytimeTest> looks;  ///< after each seed, in ascending order
    /// Of the same test, times the number of pairs; not a number below two common seeds.
    double p_value = 0;
    /// Of test accuracy, over seeds and test samples; none where it is not known what the models predict.
    std::optional<stats::Interval> over_samples;
    bool is_told() const { return p_value <= stats::kSignificance; }
};

/// One metric of one setting over its seeds.
struct MetricStatistics {
    stats::Summary summary;
    /// This setting minus p = 0, where dropout is all that they differ in; none for p = 0 itself or without it.
    std::optional<Contrast> against_zero;
    std::optional<Contrast> against_chosen;  ///< this setting minus the chosen one; none for the chosen one itself
};

/// One setting over its seeds. Trials without kept weights (diverged, failed, not ended) are left out.
struct ValueStatistics {
    sweep::Setting setting;
    std::vector<const record::TrialRecord*> trials;  ///< those that count, in the order of the record
    stats::Summary epochs;
    stats::Summary val_loss;         ///< nats, of the kept weights
    stats::Summary val_accuracy;     ///< share, of the kept weights
    MetricStatistics test_accuracy;  ///< share
    MetricStatistics best_val_loss;  ///< nats
};

/// An option in which settings differ, and its values in ascending order.
struct SweptOption {
    std::string option;
    std::vector<std::string> values;  ///< empty where the optimizer of a setting has no such option
};

/// The settings beside the chosen one, by whether the data can tell them from it in test accuracy.
struct Distinctions {
    std::vector<std::size_t> told;            ///< Contrast::is_told
    std::vector<std::size_t> untold;          ///< not so
    std::vector<std::size_t> without_spread;  ///< the difference is the same with every seed
    std::vector<std::size_t> uncompared;      ///< fewer than two common seeds
};

/// Of accuracies or their differences. What is left of equal shares by rounding is no spread; one image more or less
/// is a greater one.
inline bool has_spread(const stats::Summary& summary) {
    return summary.sd > 1e-12;
}

/// What a sweep says. Refers to the record it was made from.
struct Comparison {
    std::vector<ValueStatistics> values;  ///< ascending settings; those without any trial that counts included
    std::vector<SweptOption> axes;        ///< at least dropout
    std::vector<const record::TrialRecord*> left_out;  ///< trials that do not count
    /// Of values: lowest mean best_val_loss, the first of equals, among those with the most trials that count.
    std::optional<std::size_t> chosen;
    const record::TrialRecord* chosen_trial =
        nullptr;  ///< of the chosen value: lowest best_val_loss, the first of equals
    /// Of values: along each axis below and above the chosen one, the nearest that have a trial that counts.
    std::vector<std::size_t> neighbours;
    Distinctions distinctions;
    /// Of values: p = 0, and the one that comes closest to the chosen one: most seeds in common, then the best by what
    /// it was chosen by.
    std::vector<std::size_t> rivals;
    std::optional<sweep::DecisionRules> decision_rules;
    /// By these rules, of all values; its settings are numbers of values. It chooses, where it is made.
    std::optional<sweep::Decision> decision;
    /// Of settings, two by two: the claims among which an error of kSignificance is shared.
    std::size_t comparisons = 0;
    double error_of_claim() const { return stats::kSignificance / static_cast<double>(comparisons); }
    /// About how many seeds a value needs to tell kDifferenceToTell in test accuracy (seeds_to_tell), from the root
    /// mean square of the sds of the differences between the chosen value and its neighbours; none without such sds.
    std::optional<std::size_t> seeds_to_tell;
    std::optional<std::size_t> test_samples;  ///< in the test set, where the manifest says it
    bool has_images = true;                   ///< they are images
};

/// The setting is chosen on validation alone; test accuracy is only reported. Local: no communication.
/// One with fewer trials than others cannot be chosen: the loss of a diverged trial is infinite, and so would be
/// the mean with it; a trial that has not ended would leave a mean over other, perhaps easier, seeds.
/// @param predictions  where something is known of them
Comparison compare(const record::RunRecord& record, const record::TestPredictions& predictions = {});

/// "p = 0.3, learning-rate = 0.001": a setting by its values of some axes.
std::string setting_name(const std::vector<SweptOption>& axes, const sweep::Setting& setting);

/// statistics.csv; its columns are defined in results/README.md.
std::string statistics_csv(const Comparison& comparison);

/// About how many seeds a contrast needs to tell kDifferenceToTell in test accuracy. @param sd  of the differences
std::size_t seeds_to_tell(const Comparison& comparison, double sd);

/// One or two sentences: which setting is best, by how much, whether the data can tell it from its neighbours, and how
/// many more seeds it would take to tell 0.1 points. Nothing is said about the chance in differences that are the same
/// with every seed, nor about seeds where there is no spread or 0.1 points are less than one test image. Without a
/// newline. Told apart: by the anytime-valid test of the paired differences in test accuracy, with an error of 0.05 for
/// all pairs of settings together.
std::string verdict(const Comparison& comparison);

}  // namespace dropsweep::report
