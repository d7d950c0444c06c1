// A thread on each rank that ends the job when a rank has died, is silent or makes no progress.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/text.hpp"
#include "dropsweep/system/activity.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

/// What a rank is doing, for messages and to tell which ranks wait for each other.
struct Position {
    /// Values of `group` for what all ranks do together, and for a rank that waits for an unlimited time: no
    /// progress is expected of it.
    static constexpr std::size_t kAll = static_cast<std::size_t>(-1);
    static constexpr std::size_t kAlone = static_cast<std::size_t>(-2);

    std::size_t group = kAll;  ///< ranks with the same number wait for each other
    Text<128> place;           ///< "in p0.3-s1", "while the data is read"
    bool has_step = false;     ///< whether epoch and step are set
    std::uint32_t epoch = 0;
    std::uint64_t step = 0;  ///< completed steps of the epoch
};

/// Monitors the ranks of a run while it lives. On each rank a thread observes the thread that made the object and sends
/// rank 0 four heartbeats a second. When a process has ended, no heartbeat of it comes for stall_seconds, or it makes
/// no progress for stall_seconds, the job ends with one line that names the rank; if it is rank 0, the first of the
/// others reports it. Progress of a rank is CPU time while it does not wait for others, a new position or a change of
/// its activity; it counts for all ranks with the same Position::group. While the operating system works for any
/// rank, such as on a file, progress may take ten times as long. Only constructor and destructor are collective.
class Watchdog {
  public:
    /// Reports an error, ends all processes and does not return. Called by any thread.
    using EndJob = std::function<void(const Error&)>;
    /// The error with which the run is to end at once, if it is. Called by the watchdog thread of rank 0, up to 20
    /// times a second.
    /// @param signal  the stop signal that any rank has received; 0: none
    using EndCondition = std::function<std::optional<Error>(int signal)>;

    /// Collective over world.
    /// @param stall_seconds  as above
    /// @param die            how an error of the watchdog ends the job
    Watchdog(const Communicator& world, double stall_seconds, EndJob end_job);
    Watchdog(const Watchdog&) = delete;
    ~Watchdog();  ///< Collective: returns when all ranks have called it.

    void set_stall_seconds(double seconds);
    void set_end_condition(EndCondition condition);

    /// Sets what this rank is doing from now on.
    void move_to(const Position& position);
    /// "rank 1 on HOST (process 7), in p0.3-s1, epoch 3, step 120".
    std::string own_place() const;
    /// "rank 2 on HOST (process 8)".
    std::string name_of(int rank) const;

    /// Ends the run because of an error of this rank alone, while others may be waiting for it. Rank 0 reports the
    /// first such error and ends the job; if it has not within 10 s, this rank does. From any thread.
    [[noreturn]] void end_all(const Error& error);

    /// A second thread of rank 0 (the coordinator) whose progress is monitored as well. Made and destroyed by that
    /// thread.
    class Companion {
      public:
        explicit Companion(Watchdog& watchdog);
        Companion(const Companion&) = delete;
        ~Companion();

      private:
        Watchdog& watchdog_;
        system::Activity activity_;
    };

  private:
    class Watcher;
    std::unique_ptr<Watcher> watcher_;
};

}  // namespace dropsweep::comm
