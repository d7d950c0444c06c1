#pragma once

#include <functional>
#include <thread>

namespace dropsweep::system {

/// Calls a function, from a thread of its own, when this object lives for too long.
class Alarm {
  public:
    /// @param seconds  in which this process does not stand still
    Alarm(double seconds, std::function<void()> ring);

  private:
    std::jthread thread_;
};

}  // namespace dropsweep::system
