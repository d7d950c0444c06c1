#pragma once

#include <algorithm>

namespace dropsweep::system {

/// Seconds for which something was not heard of. Time in which this very process stood still does not count.
class Inactivity {
  public:
    /// Called often. @param seconds  since the last call
    void pass(double seconds) { seconds_ += std::min(seconds, kMostPerCall); }
    void end() { seconds_ = 0; }
    double seconds() const { return seconds_; }

  private:
    static constexpr double kMostPerCall = 0.5;
    double seconds_ = 0;
};

}  // namespace dropsweep::system
