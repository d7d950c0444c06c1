#pragma once

#include <chrono>
#include <functional>

namespace dropsweep::system {

/// Tells the time; another one where a test decides what time it is.
using Clock = std::function<std::chrono::steady_clock::time_point()>;

/// Seconds since its construction.
class Stopwatch {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace dropsweep::system
