// Elapsed time, and a clock that tests can replace.
#pragma once

#include <chrono>
#include <functional>

namespace dropsweep::system {

/// A source of time: the steady clock, or one that a test sets.
using Clock = std::function<std::chrono::steady_clock::time_point()>;

/// Seconds since its construction.
class Stopwatch {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace dropsweep::system
