#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "dropsweep/train/training_options.hpp"

namespace dropsweep::sweep {

/// How many epochs a trial is going to train. It begins with a prior and is drawn to what trials of similar dropout
/// took. Local: no communication; equal calls give equal forecasts.
class EpochForecast {
  public:
    explicit EpochForecast(const train::TrainingOptions& options);

    /// A trial has ended after so many epochs of its own accord.
    void learn(double dropout, std::uint32_t epochs);

    /// From 1 to the most epochs that are allowed; without early stopping that many.
    double expected(double dropout) const;
    /// Of a trial that goes on after `done` epochs: at least 1.
    double left(double dropout, std::uint32_t done) const;
    /// A number that may well come: within three epochs of expected(), as the trials of results/mnist-sweep are spread.
    /// @param uniform  random, in [0, 1)
    std::uint32_t draw(double dropout, double uniform) const;

  private:
    struct Ended {
        double trials = 0;
        double epochs = 0;  ///< of all of them
    };
    double most_;
    std::optional<std::uint32_t> patience_;
    std::map<double, Ended> ended_;  ///< by dropout; those of nearly the same value count as of the first of them
};

}  // namespace dropsweep::sweep
