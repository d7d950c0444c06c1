// The interface by which rank 0 follows the events of a sweep.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::sweep {

/// When a trial or epoch was trained, and by which group at its end. Seconds since the start of the sweep, on the clock
/// of the group's first rank.
struct Span {
    Group group;  ///< first rank and number of ranks; they are consecutive unless ranks joined later (on_join)
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

/// Called on rank 0, by the coordinator's thread only. Trials are numbered as in the list of the sweep. What a listener
/// throws ends the run.
class Listener {
  public:
    virtual ~Listener() = default;
    /// A trial goes on from a checkpoint.
    /// @param history  its epochs so far
    virtual void on_resume(std::size_t /*trial*/, const std::vector<train::EpochRecord>& /*history*/) {}
    /// Consecutive ranks begin to train a trial: when it begins or goes on, or its group grows. Called several times if
    /// the ranks are not consecutive.
    virtual void on_join(std::size_t /*trial*/, const Group& /*ranks*/, double /*start_seconds*/) {}
    /// During an epoch, at most every 0.2 s.
    virtual void on_step(std::size_t /*trial*/, const train::StepProgress& /*progress*/) {}
    virtual void on_epoch(std::size_t /*trial*/, const train::EpochRecord& /*record*/, const Span& /*span*/) {}
    virtual void on_outcome(std::size_t /*trial*/, const TrialOutcome& /*outcome*/) {}
    /// With a decision: the estimated number of trials still to be trained; none: not known yet.
    virtual void on_remaining(std::optional<double> /*trials*/) {}
    /// After all waiting messages are served, at least every 16 ms: for slow work such as writing files.
    virtual void on_idle() {}
    /// A trial was stopped before its end.
    virtual void on_stop(std::size_t /*trial*/, const Span& /*span*/) {}
    /// The sweep has ended or was stopped.
    /// @param ranks       of the world
    /// @param idle_share  the fraction of ranks * sweep_seconds without a trial
    virtual void on_end(double /*sweep_seconds*/, int /*ranks*/, double /*idle_share*/) {}
};

}  // namespace dropsweep::sweep
