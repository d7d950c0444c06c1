// Measures for how long something has been silent.
#pragma once

#include <algorithm>

namespace dropsweep::system {

/// Seconds of silence. A gap between two calls counts as half a second at most, so that time in which this process
/// itself was stopped does not count.
class Inactivity {
  public:
    /// Called several times a second. @param seconds  since the last call
    void advance(double seconds) { seconds_ += std::min(seconds, kMostPerCall); }
    /// Something was heard.
    void reset() { seconds_ = 0; }
    double seconds() const { return seconds_; }

  private:
    static constexpr double kMostPerCall = 0.5;
    double seconds_ = 0;
};

}  // namespace dropsweep::system
