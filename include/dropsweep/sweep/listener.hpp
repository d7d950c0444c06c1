#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::sweep {

/// When something was trained, and by whom at its end. Seconds since the start of the sweep, on the clock of the
/// group's first rank.
struct Span {
    Group group;  ///< its first rank and how many there are; where some joined late, Listener::on_join tells which
    double start_seconds = 0;
    double seconds = 0;
    double end_seconds() const { return start_seconds + seconds; }
};

/// A trial that has ended.
struct TrialOutcome {
    train::TrialResult result;
    Span span;
    std::string message;  ///< why it failed; empty otherwise
};

/// Follows a sweep on rank 0. The coordinator calls it from one thread; what it throws ends the run.
class Listener {
  public:
    virtual ~Listener() = default;
    /// A trial goes on from a checkpoint.
    /// @param history  its epochs before that
    virtual void on_resume(std::size_t /*trial*/, const std::vector<train::EpochRecord>& /*history*/) {}
    /// Consecutive ranks begin to train a trial together: when it begins or goes on, and when its group grows.
    virtual void on_join(std::size_t /*trial*/, const Group& /*ranks*/, double /*start_seconds*/) {}
    /// Now and then while an epoch runs.
    virtual void on_step(std::size_t /*trial*/, const train::StepProgress& /*progress*/) {}
    virtual void on_epoch(std::size_t /*trial*/, const train::EpochRecord& /*record*/, const Span& /*span*/) {}
    virtual void on_outcome(std::size_t /*trial*/, const TrialOutcome& /*outcome*/) {}
    /// About how many trials of a decision are still to be trained; none: nothing tells yet.
    virtual void on_remaining(std::optional<double> /*trials*/) {}
    /// All messages that were waiting are served: the moment for slow work such as writing files.
    virtual void on_idle() {}
    /// A trial was stopped before its end.
    virtual void on_stop(std::size_t /*trial*/, const Span& /*span*/) {}
    /// All trials have ended, or were stopped.
    /// @param idle_seconds  [ranks of the world] time without anything to train
    virtual void on_end(double /*sweep_seconds*/, const std::vector<double>& /*idle_seconds*/) {}
};

}  // namespace dropsweep::sweep
