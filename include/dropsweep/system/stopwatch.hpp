// Elapsed time, and a clock that tests can replace.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace dropsweep::system {

/// A source of time: the steady clock, or one that a test or a simulation sets.
using Clock = std::function<std::chrono::steady_clock::time_point()>;

/// Seconds since its construction.
class Stopwatch {
  public:
    explicit Stopwatch(Clock clock = std::chrono::steady_clock::now) : clock_(std::move(clock)), start_(clock_()) {}
    double seconds() const { return std::chrono::duration<double>(clock_() - start_).count(); }
    const Clock& clock() const { return clock_; }

  private:
    Clock clock_;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace dropsweep::system
