// The time at which a run has to stop.
#pragma once

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::cli {

/// The end of --time-limit or of the Slurm job (SLURM_JOB_END_TIME, seconds since 1970), whichever comes first, and the
/// time before it at which to stop: a tenth of the time, 30 s at most, is left for the last step, the files and
/// MPI_Finalize.
class Deadline {
  public:
    /// @param limit  seconds from now, may be infinite
    explicit Deadline(double limit);
    /// Whether it is time to stop.
    bool has_passed() const { return stopwatch_.seconds() > stop_seconds_; }
    /// Whether the end itself has passed.
    bool is_over() const { return stopwatch_.seconds() > end_seconds_; }

  private:
    system::Stopwatch stopwatch_;
    double end_seconds_;
    double stop_seconds_;
};

}  // namespace dropsweep::cli
