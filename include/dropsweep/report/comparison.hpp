#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/report/run_record.hpp"
#include "dropsweep/report/statistics.hpp"

namespace dropsweep::report {

/// The difference in test accuracy whose price in seeds is estimated: 0.1 points.
inline constexpr double kDifferenceToTell = 0.001;

/// A paired difference over common seeds, with its p-value corrected for the number of values compared.
struct Contrast {
    PairedDifference paired;
    /// By Holm over all values compared with the same one in the same metric; not a number below two common seeds.
    double p_holm = 0;
};

/// One metric of one dropout value over its seeds.
struct MetricStatistics {
    Summary summary;
    std::optional<Contrast> against_zero;    ///< this value minus p = 0; none for p = 0 itself or without it
    std::optional<Contrast> against_chosen;  ///< this value minus the chosen one; none for the chosen one itself
};

/// One dropout value over its seeds. Trials without kept weights (diverged, failed, not ended) are left out.
struct ValueStatistics {
    sweep::DropoutSetting dropout;
    std::vector<const TrialRecord*> trials;  ///< those that count, in the order of the record
    Summary epochs;
    Summary val_loss;                ///< nats, of the kept weights
    Summary val_accuracy;            ///< share, of the kept weights
    MetricStatistics test_accuracy;  ///< share
    MetricStatistics best_val_loss;  ///< nats
};

/// What a sweep says. Refers to the record it was made from.
struct Comparison {
    std::vector<ValueStatistics> values;       ///< ascending dropout; those without any trial that counts included
    std::vector<const TrialRecord*> left_out;  ///< trials that do not count
    /// Of values: lowest mean best_val_loss, the first of equals, among those with the most trials that count.
    std::optional<std::size_t> chosen;
    const TrialRecord* chosen_trial = nullptr;  ///< of the chosen value: lowest best_val_loss, the first of equals
    /// Of values: below and above the chosen one, the nearest that have a trial that counts.
    std::vector<std::size_t> neighbours;
    /// About how many seeds a value needs to tell kDifferenceToTell in test accuracy (pairs_to_detect), from the root
    /// mean square of the sds of the differences between the chosen value and its neighbours; none without such sds.
    std::optional<std::size_t> seeds_to_tell;
    std::optional<std::size_t> test_samples;  ///< in the test set, where the manifest says it
    bool has_images = true;                   ///< they are images
};

/// p is chosen on validation alone; test accuracy is only reported. Local: no communication.
/// A value with fewer trials than others cannot be chosen: the loss of a diverged trial is infinite, and so would be
/// the mean with it; a trial that has not ended would leave a mean over other, perhaps easier, seeds.
Comparison compare(const RunRecord& record);

/// statistics.csv; its columns are defined in results/README.md.
std::string statistics_csv(const Comparison& comparison);

/// One or two sentences: which p is best, by how much, whether the data can tell it from its neighbours, and how many
/// more seeds it would take to tell 0.1 points. Nothing is said about the chance in differences that are the same with
/// every seed, nor about seeds where there is no spread or 0.1 points are less than one test image. Without a newline.
/// Told apart: corrected p-value of the paired difference in test accuracy below 0.05, for p = 0 in the family of the
/// differences from p = 0, otherwise in that of the differences from the chosen value.
std::string verdict(const Comparison& comparison);

}  // namespace dropsweep::report
