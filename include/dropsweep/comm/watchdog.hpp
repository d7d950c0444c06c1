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

/// Where a rank is.
struct Position {
    static constexpr std::size_t kAll = static_cast<std::size_t>(-1);
    static constexpr std::size_t kAlone = static_cast<std::size_t>(-2);

    std::size_t together = kAll;  ///< ranks with the same number wait for each other, but for kAlone
    Text<128> place;              ///< "in p0.3-s1", "while the data is read"
    bool has_step = false;
    std::uint32_t epoch = 0;
    std::uint64_t step = 0;  ///< steps of the epoch that are done
};

/// Watches over the ranks of a run, from its construction to its end. On each rank a thread looks at what the thread
/// that made the object is doing, and tells rank 0 a few times a second. A rank whose process is gone, that is silent,
/// or that makes no progress for too long ends the job with one line that names it; when it is rank 0, the first of the
/// others speaks. Progress is CPU time of a rank that does not wait for others. What the operating system has in hand,
/// such as a file, may take ten times as long.
class Watchdog {
  public:
    /// Reports an error, ends all processes and does not return. Called by any thread.
    using Die = std::function<void(const Error&)>;
    /// Whether the run is to end at once, and with what words. Asked a few times a second on rank 0, by a thread.
    /// @param signal  that asked any rank to stop; 0: none
    using EndCondition = std::function<std::optional<Error>(int signal)>;

    /// Collective over world.
    Watchdog(const Communicator& world, double stall_seconds, Die die);
    Watchdog(const Watchdog&) = delete;
    ~Watchdog();  ///< Collective: returns when all ranks are there.

    void set_stall_seconds(double seconds);
    void set_end_condition(EndCondition condition);

    /// Where this rank is from now on.
    void move_to(const Position& position);
    /// "rank 1 on HOST (process 7), in p0.3-s1, epoch 3, step 120".
    std::string own_place() const;
    /// "rank 2 on HOST (process 8)".
    std::string name_of(int rank) const;

    /// Ends the run because of an error that this rank alone has met, while others may be waiting for it: rank 0 says
    /// it, once, whoever else calls this too. From any thread.
    [[noreturn]] void end_all(const Error& error);

    /// A further thread of rank 0 for which the others wait. Made and given up by that thread.
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
