// The thread of an alarm.
#include "dropsweep/system/alarm.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "dropsweep/system/inactivity.hpp"
#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::system {

Alarm::Alarm(double seconds, std::function<void()> ring)
    : thread_([seconds, ring = std::move(ring)](const std::stop_token& stopped) {
          constexpr std::chrono::milliseconds kLook{50};
          std::mutex mutex;
          std::condition_variable_any pause;
          std::unique_lock lock(mutex);
          const Stopwatch stopwatch;
          double last_look = 0;
          for (Inactivity waited; waited.seconds() < seconds;) {
              pause.wait_for(lock, stopped, kLook, [] { return false; });
              if (stopped.stop_requested()) return;
              waited.advance(stopwatch.seconds() - std::exchange(last_look, stopwatch.seconds()));
          }
          ring();
      }) {}

}  // namespace dropsweep::system
