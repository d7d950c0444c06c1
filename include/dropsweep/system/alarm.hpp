// An alarm that calls a function unless it is cancelled in time.
#pragma once

#include <functional>
#include <thread>

namespace dropsweep::system {

/// Calls a function once, from a thread of its own, unless the object is destroyed before.
class Alarm {
  public:
    /// @param seconds  until then, without the time in which this process is stopped (see Inactivity)
    Alarm(double seconds, std::function<void()> ring);

  private:
    std::jthread thread_;
};

}  // namespace dropsweep::system
