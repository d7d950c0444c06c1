#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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

  private:
    struct Ended {
        double dropout;
        double epochs;
    };
    double most_;
    std::optional<std::uint32_t> patience_;
    std::vector<Ended> ended_;
};

}  // namespace dropsweep::sweep
