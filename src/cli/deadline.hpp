#pragma once

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::cli {

/// When to stop of oneself: before the time that was asked for, and before the end of a Slurm job, which Slurm tells in
/// SLURM_JOB_END_TIME. A tenth of the time, 30 s at most, is left for the last step, the files and the end of MPI.
class Deadline {
  public:
    /// @param limit  seconds from now, may be infinite
    explicit Deadline(double limit);
    bool has_passed() const { return stopwatch_.seconds() > stop_seconds_; }
    /// Whether the time is up altogether.
    bool is_over() const { return stopwatch_.seconds() > end_seconds_; }

  private:
    system::Stopwatch stopwatch_;
    double end_seconds_;
    double stop_seconds_;
};

}  // namespace dropsweep::cli
