// Decides from the heartbeats of all ranks which rank has failed.
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

/// A progress counter for a thread, made from its CPU time and the changes of its activity.
class Progress {
  public:
    /// @return  a number that has grown if the thread has made progress since the last call
    std::uint64_t of(const system::Activity& activity);

  private:
    std::uint64_t sum_ = 0;
    std::uint64_t changes_ = 0;
    double cpu_seconds_ = 0;
};

/// What a rank tells rank 0 regularly.
struct Heartbeat {
    Position position;
    std::uint64_t progress = 0;  ///< grows when the rank makes progress, see Watchdog
    system::Activity::Kind kind = system::Activity::Kind::working;
    int stop_signal = 0;  ///< that this rank has received; 0: none
};

/// The error that names a failed rank: "rank 1 on HOST (process 7) gives no sign of life for 60 s, in ...".
/// @param what    "gives no sign of life for 60 s"
/// @param longer  whether a longer --stall-timeout may be the remedy
Error failure_of(const std::string& name, const std::string& what, const Position& position, bool longer);

/// "in p0.3-s1, epoch 3, step 120".
std::string describe(const Position& position);

/// The rules by which rank 0 finds a failed rank, see Watchdog. Local: no communication, no clock.
class FailureDetector {
  public:
    /// @param processes  of the ranks; outlives this object
    FailureDetector(const ProcessTable& processes, int ranks) : processes_(processes), ranks_(as_size(ranks)) {}

    void on_heartbeat(int rank, const Heartbeat& heartbeat);
    /// This rank is not monitored any more: it has ended as it should.
    void stop_watching(int rank) { ranks_[as_size(rank)].is_unwatched = true; }

    /// To be called several times a second.
    /// @param seconds    since the last call
    /// @param companion  see Watchdog::Companion; nullptr: none
    /// @throws Error  failure: a process has ended, is silent or makes no progress
    void check(double seconds, double stall_seconds, const system::Activity* companion);

    /// Of rank 0.
    const Heartbeat& own() const { return ranks_.front().heartbeat; }
    /// The stop signal that any rank has received; 0: none.
    int stop_signal() const;

  private:
    static std::size_t as_size(int number) { return static_cast<std::size_t>(number); }
    /// Of the ranks with this Position::group the first that does not wait for others, or else the first.
    int culprit_of(std::size_t group) const;
    [[noreturn]] void refuse(int rank, const std::string& what, bool longer) const;

    struct Rank {
        system::Inactivity without_heartbeat;
        system::Inactivity without_progress;
        Heartbeat heartbeat;
        bool is_unwatched = false;
    };
    const ProcessTable& processes_;
    std::vector<Rank> ranks_;
    Progress companion_;
    std::uint64_t companion_progress_ = 0;
    system::Inactivity companion_without_progress_;
};

}  // namespace dropsweep::comm
