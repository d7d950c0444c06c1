#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/process_table.hpp"
#include "dropsweep/core/stopwatch.hpp"
#include "dropsweep/sweep/scheduler.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {

/// Where a rank is. Written by its training thread, read by its heart.
struct Pulse {
    std::atomic<std::size_t> trial{protocol::Position::kNoTrial};
    std::atomic<std::uint32_t> epoch{0};
    std::atomic<std::uint64_t> step{0};   ///< steps of the epoch that are done
    std::atomic<std::uint64_t> beats{0};  ///< grows with all that happens
    std::atomic<bool> waits{false};       ///< for other ranks of its group

    protocol::Position position() const { return {trial, epoch, step, beats, waits}; }
};

/// "p0.3-s1, epoch 3, step 120", or what it does instead.
std::string describe(const protocol::Position& position, const std::vector<Trial>& trials);

/// Seconds for which something was not heard of. Time in which this very process stood still does not count.
class Silence {
  public:
    /// Called often. @param seconds  since the last call
    void pass(double seconds) { seconds_ += std::min(seconds, kMostPerCall); }
    void end() { seconds_ = 0; }
    double seconds() const { return seconds_; }

  private:
    static constexpr double kMostPerCall = 0.5;
    double seconds_ = 0;
};

/// A rank's sign of life: a thread that tells the coordinator where the rank is, a few times a second, and ends the job
/// when the coordinator itself gives none, or when the process of rank 0 is gone.
class Heart {
  public:
    /// @param processes  of all ranks; outlives this object, as do the others
    Heart(const protocol::Channels& channels, const comm::ProcessTable& processes, const std::vector<Trial>& trials,
          const Pulse& pulse, double stall_seconds, const std::function<void(const Error&)>& die);

  private:
    void beat(const std::stop_token& stopped);

    const protocol::Channels& channels_;
    const comm::ProcessTable& processes_;
    const std::vector<Trial>& trials_;
    const Pulse& pulse_;
    double stall_seconds_;
    const std::function<void(const Error&)>& die_;
    std::jthread thread_;
};

/// The coordinator's side: who was not heard of for too long.
class Watch {
  public:
    Watch(const protocol::Channels& channels, const comm::ProcessTable& processes, const std::vector<Trial>& trials,
          double stall_seconds);

    /// A sign of life.
    void heard(int rank, const protocol::Position& position);
    /// Gives the ranks a sign of life of its own, now and then.
    /// @throws Error  failure: a rank is gone or does not go on; the message names it, its host, trial, epoch and step
    void look();

  private:
    [[noreturn]] void refuse(int rank, const std::string& what) const;
    /// Of the ranks that train a trial which does not go on the one that the others wait for.
    int culprit(std::size_t trial) const;

    struct Watched {
        Silence silence;   ///< of the rank
        Silence standing;  ///< while it gives signs of life, always from the same place
        protocol::Position position;
    };

    const comm::ProcessTable& processes_;
    const std::vector<Trial>& trials_;
    double stall_seconds_;
    std::vector<Watched> ranks_;
    std::vector<comm::LossySender> echoes_;  ///< to ranks 1, 2 ...
    double last_look_ = 0;
    double last_echo_ = 0;
    core::Stopwatch stopwatch_;
};

}  // namespace dropsweep::sweep
