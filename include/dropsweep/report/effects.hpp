#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dropsweep/report/comparison.hpp"
#include "dropsweep/stats/statistics.hpp"

// What the options of a sweep do, each by itself and two together. Local: no communication.
namespace dropsweep::report {

/// One value of an option, averaged over the other options.
struct Effect {
    std::string value;
    stats::Summary test_accuracy;  ///< share; over seeds
    stats::Summary best_val_loss;  ///< nats; over seeds
    std::optional<stats::Summary>
        difference;  ///< in test accuracy to the value with the lowest mean best_val_loss; over seeds
};

struct OptionEffects {
    std::string option;
    std::vector<Effect> values;  ///< as in Comparison::axes
};

/// The marginal means of a factorial design: for each seed the mean over all combinations of the other options in which
/// every value of this one has a trial that counts, then mean and interval (Student t) over the seeds. An option that
/// only some settings have is averaged over within these. Options whose values meet in no combination have no effects,
/// as in a random search; nor has a sweep of one option.
std::vector<OptionEffects> effects(const Comparison& comparison);

/// Two options at once: means of the settings that have both values, over all else. Not a number where there is none.
struct PairMeans {
    std::string rows;                                ///< an option
    std::string columns;                             ///< another one
    std::vector<std::vector<double>> test_accuracy;  ///< [values of rows, values of columns], share
    std::vector<std::vector<double>> best_val_loss;  ///< likewise, nats
};

/// An option with more values is in no pair.
inline constexpr std::size_t kMostValuesOfPair = 10;

std::vector<PairMeans> pair_means(const Comparison& comparison);

}  // namespace dropsweep::report
