#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dropsweep/comm/process_table.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/inactivity.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::comm {

/// How far a thread has come, by what can be seen of it.
class Progress {
  public:
    /// @return  a number that grows with all that has happened since the last call
    std::uint64_t of(const system::Activity& activity);

  private:
    std::uint64_t sum_ = 0;
    std::uint64_t changes_ = 0;
    double cpu_seconds_ = 0;
};

/// A rank's sign of life.
struct Heartbeat {
    Position position;
    std::uint64_t progress = 0;  ///< see Progress
    system::Activity::Kind kind = system::Activity::Kind::working;
    int stop_signal = 0;
};

/// The error that ends a run because of a rank: "rank 1 on HOST (process 7) gives no sign of life for 60 s, in ...".
/// @param longer  whether a longer --stall-timeout may be the remedy
Error failure_of(const std::string& name, const std::string& what, const Position& position, bool longer);

/// "in p0.3-s1, epoch 3, step 120".
std::string describe(const Position& position);

/// Decides by the heartbeats of all ranks which of them stands still, as Watchdog says. Local: no communication, no
/// clock.
class FailureDetector {
  public:
    /// @param processes  of the ranks; outlives this object
    FailureDetector(const ProcessTable& processes, int ranks) : processes_(processes), ranks_(as_size(ranks)) {}

    void hear(int rank, const Heartbeat& heartbeat);
    /// No heartbeat comes from it any more, and none is missed.
    void forget(int rank) { ranks_[as_size(rank)].is_forgotten = true; }

    /// Called often.
    /// @param seconds    since the last call
    /// @param companion  a further thread of rank 0 for which all wait; nullptr: none
    /// @throws Error  failure: a rank is gone, silent or does not go on
    void look(double seconds, double stall_seconds, const system::Activity* companion);

    /// Where rank 0 is.
    const Heartbeat& own() const { return ranks_.front().heartbeat; }
    /// That asked any rank to stop; 0: none.
    int stop_signal() const;

  private:
    static std::size_t as_size(int number) { return static_cast<std::size_t>(number); }
    /// Of the ranks that are at something together without progress the one that the others wait for.
    int culprit_of(std::size_t together) const;
    [[noreturn]] void refuse(int rank, const std::string& what, bool longer) const;

    struct Rank {
        system::Inactivity without_heartbeat;
        system::Inactivity without_progress;
        Heartbeat heartbeat;
        bool is_forgotten = false;
    };
    const ProcessTable& processes_;
    std::vector<Rank> ranks_;
    Progress companion_;
    std::uint64_t companion_progress_ = 0;
    system::Inactivity companion_without_progress_;
};

}  // namespace dropsweep::comm
