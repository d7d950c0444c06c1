// The time at which a run has to stop.
#include "deadline.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace dropsweep::cli {

Deadline::Deadline(double limit) : end_seconds_(limit) {
    constexpr double kLongestReserve = 30;
    const char* job_end = std::getenv("SLURM_JOB_END_TIME");
    if (job_end != nullptr) {
        const double end = std::strtod(job_end, nullptr);
        const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
        if (end > 0) end_seconds_ = std::min(end_seconds_, end - now.count());
    }
    stop_seconds_ = end_seconds_ - std::min(kLongestReserve, end_seconds_ / 10);
}

}  // namespace dropsweep::cli
