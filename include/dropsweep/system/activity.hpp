// What a thread is doing (computing, waiting for ranks, in the system), for the watchdog to read.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace dropsweep::system {

/// The state of one thread. That thread creates the object and changes the state by `Scope`; any thread may read it.
class Activity {
  public:
    enum class Kind : std::uint8_t {
        working,   ///< computing: it uses CPU time
        waiting,   ///< for other ranks
        in_system  ///< in a call that may block: a file is read or written, another program runs
    };

    /// Of the calling thread, which must have no other Activity and outlive this one.
    Activity();
    Activity(const Activity&) = delete;
    ~Activity();

    /// Sets the calling thread's state, and restores the former one when destroyed. No effect without an Activity.
    class Scope {
      public:
        explicit Scope(Kind kind);
        Scope(const Scope&) = delete;
        ~Scope();

      private:
        Kind before_ = Kind::working;
    };

    Kind kind() const { return kind_; }
    /// How often the kind has changed.
    std::uint64_t changes() const { return changes_; }
    /// CPU time that the thread has used, in seconds.
    double cpu_seconds() const;

  private:
    void set(Kind kind);

    std::atomic<Kind> kind_{Kind::working};
    std::atomic<std::uint64_t> changes_{0};
    clockid_t clock_{};
};

}  // namespace dropsweep::system
