// The marginal means of the options of a sweep, each option by itself and two together. Local: no communication.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dropsweep/report/comparison.hpp"
#include "dropsweep/stats/statistics.hpp"

namespace dropsweep::report {

/// One value of an option, averaged over the other options.
struct Effect {
    std::string value;
    stats::Summary test_accuracy;  ///< share; over seeds
    stats::Summary best_val_loss;  ///< nats; over seeds
    /// Test accuracy minus that of the value with the lowest mean best_val_loss, over seeds; none for that value.
    std::optional<stats::Summary> difference;
};

struct OptionEffects {
    std::string option;
    std::vector<Effect> values;  ///< in the order of Comparison::axes, without ""
};

/// The marginal means of a factorial design: for each seed the mean over all combinations of the other options in which
/// every value of this one has a trial that counts, then mean and interval (Student t) over the seeds. Options that
/// only some settings have are not part of a combination: their values are averaged first. There are no effects of an
/// option without such combinations, as in a random search, nor of the only option of a sweep.
std::vector<OptionEffects> effects(const Comparison& comparison);

/// For each pair of values of two options the plain mean over the settings that have both; not a number without any.
struct PairMeans {
    std::string rows;                                ///< an option
    std::string columns;                             ///< another one
    std::vector<std::vector<double>> test_accuracy;  ///< [values of rows, values of columns], share
    std::vector<std::vector<double>> best_val_loss;  ///< likewise, nats
};

/// The most values of an option of a pair.
inline constexpr std::size_t kMostValuesOfPair = 10;

/// For every two options of Comparison::axes with at least 2 and at most kMostValuesOfPair values, "" included.
std::vector<PairMeans> pair_means(const Comparison& comparison);

}  // namespace dropsweep::report
