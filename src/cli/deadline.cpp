#include "deadline.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace dropsweep::cli {

Deadline::Deadline(double limit) : seconds_(limit) {
    constexpr double kLongestReserve = 30;
    const char* job_end = std::getenv("SLURM_JOB_END_TIME");  // seconds since 1970
    if (job_end != nullptr) {
        const double end = std::strtod(job_end, nullptr);
        if (end > 0) seconds_ = std::min(seconds_, end - static_cast<double>(std::time(nullptr)));
    }
    seconds_ -= std::min(kLongestReserve, seconds_ / 10);
}

}  // namespace dropsweep::cli
