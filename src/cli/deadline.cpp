#include "deadline.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace dropsweep::cli {

Deadline::Deadline(double limit) : seconds_(limit) {
    constexpr double kLongestReserve = 30;
    const char* job_end = std::getenv("SLURM_JOB_END_TIME");  // seconds since 1970
    if (job_end != nullptr) {
        const double end = std::strtod(job_end, nullptr);
        const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
        if (end > 0) seconds_ = std::min(seconds_, end - now.count());
    }
    seconds_ -= std::min(kLongestReserve, seconds_ / 10);
}

}  // namespace dropsweep::cli
