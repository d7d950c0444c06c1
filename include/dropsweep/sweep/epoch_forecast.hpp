// A forecast of the number of epochs of a trial by its dropout rate.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "dropsweep/train/training_options.hpp"

namespace dropsweep::sweep {

/// Begins with a prior, and learns from ended trials with similar dropout. Local: no communication; equal calls give
/// equal forecasts.
class EpochForecast {
  public:
    explicit EpochForecast(const train::TrainingOptions& options);

    /// Adds a trial that was completed or stopped early after so many epochs.
    void learn(double dropout, std::uint32_t epochs);

    /// Expected epochs of a trial, from 1 to options.epochs; without early stopping options.epochs.
    double expected(double dropout) const;
    /// Expected further epochs of a trial that goes on after `done` epochs; at least 1.
    double left(double dropout, std::uint32_t done) const;
    /// A random number of epochs, within 3 of expected(), with the spread of the trials of results/mnist-sweep.
    /// @param uniform  a uniform random number in [0, 1)
    std::uint32_t draw(double dropout, double uniform) const;

  private:
    struct Ended {
        double trials = 0;
        double epochs = 0;  ///< of all these trials
    };
    double most_;
    std::optional<std::uint32_t> patience_;
    std::map<double, Ended> ended_;  ///< by dropout rate; nearly equal rates share an entry
};

}  // namespace dropsweep::sweep
