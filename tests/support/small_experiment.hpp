// An experiment so small that a trial takes milliseconds.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::testing_support {

/// Random pixels whose label is mostly the class of the brightest quarter: learnable, and easy to overfit.
inline data::LabelledSamples random_images(std::uint32_t seed, std::size_t count) {
    constexpr std::size_t kRows = 4, kColumns = 5, kClasses = 4;
    std::mt19937 bits(seed);
    data::LabelledSamples images{count, kRows, kColumns, {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t bright = bits() % kClasses;
        for (std::uint32_t pixel = 0; pixel < kRows * kColumns; ++pixel) {
            const std::uint32_t base = pixel % kClasses == bright ? 60 : 0;
            images.pixels.push_back(static_cast<std::uint8_t>(base + bits() % 196));
        }
        images.labels.push_back(static_cast<std::uint8_t>(bits() % 4 == 0 ? bits() % kClasses : bright));
    }
    return images;
}

/// A data set and a network so small that a trial takes milliseconds, with every remainder there is: 107 training
/// samples are 8 batches of 13 and one of 3; 613 and 300 samples are 3 and 2 blocks of an evaluation.
struct SmallExperiment {
    SmallExperiment() {
        experiment.data.train = data::as_samples(train_);
        experiment.data.validation = data::as_samples(validation_);
        experiment.data.test = data::as_samples(test_);
        experiment.architecture = {train_.features(), {24, 17}, 4};
        experiment.options.hidden = experiment.architecture.hidden;
        experiment.options.batch_size = 13;
        experiment.options.epochs = 3;
        experiment.options.patience = std::nullopt;
        experiment.options.optimizer.learning_rate = 0.01;
    }
    SmallExperiment(const SmallExperiment&) = delete;
    SmallExperiment& operator=(const SmallExperiment&) = delete;

  private:
    data::LabelledSamples train_ = random_images(1, 107);
    data::LabelledSamples validation_ = random_images(2, 613);
    data::LabelledSamples test_ = random_images(3, 300);

  public:
    train::Experiment experiment;
};

}  // namespace dropsweep::testing_support
