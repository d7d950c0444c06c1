// What the benchmarks of whole trials share: options, data, experiment, observer, median.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "dropsweep/cli/options.hpp"
#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/synthetic.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::bench {

inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// The options of `dropsweep train`. @param arguments  without "train"
inline cli::Options options_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "train");
    return cli::parse_options(cli::parse_run(arguments));
}

/// The data of --data, else of $DROPSWEEP_DATA, else the synthetic digits.
inline data::Dataset read_data(std::string name) {
    const char* directory = std::getenv("DROPSWEEP_DATA");
    if (name.empty() && directory != nullptr) name = directory;
    if (name.empty() || name == "synthetic") return data::synthetic_digits(1, 60'000, 10'000);
    return data::read_idx_directory(name);
}

/// The experiment of these training options. @param dataset  must outlive it
inline train::Experiment experiment_of(const data::Dataset& dataset, const train::TrainingOptions& options) {
    std::vector<std::string> warnings;
    return {.data = data::split_tail(data::as_samples(dataset.train), data::as_samples(dataset.test),
                                     options.validation_split),
            .architecture = {dataset.train.features(), options.hidden, data::count_classes(dataset, warnings)},
            .options = options,
            .initial_weights = {}};
}

/// Calls a function after each epoch.
struct EpochObserver : train::TrialObserver {
    explicit EpochObserver(std::function<void(const train::EpochRecord&)> call) : epoch(std::move(call)) {}
    void on_epoch(const train::EpochRecord& record) override { epoch(record); }
    std::function<void(const train::EpochRecord&)> epoch;
};

}  // namespace dropsweep::bench
