#pragma once

#include <optional>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/stopwatch.hpp"
#include "dropsweep/sweep/scheduler.hpp"

#include "protocol.hpp"
#include "watch.hpp"

namespace dropsweep::sweep {

/// One group's side of a sweep, on each of its ranks. The arguments outlive it.
class Worker {
  public:
    Worker(const protocol::Channels& channels, const comm::Communicator& group_comm, const Group& group,
           const std::vector<Trial>& trials, const train::Experiment& experiment, const Hooks& hooks,
           const core::Stopwatch& stopwatch, Pulse& pulse);

    /// Trains until no trial is left, or it is time to stop. Collective over the group.
    void run();

  private:
    bool speaks() const { return group_comm_.rank() == 0; }
    Span span_since(double start) const { return {group_, start, stopwatch_.seconds() - start}; }
    void train(std::size_t trial);
    std::optional<train::Checkpoint> start_of(std::size_t trial) const;
    train::TrialObserver observer(std::size_t trial);
    bool stop_requested();
    void after_step(std::size_t trial, const train::StepProgress& progress);
    void save(std::size_t trial, const train::Checkpoint& checkpoint);
    void rehearse();
    template <class Message>
    void report(const Message& message, protocol::Tag tag) const {
        if (speaks()) channels_.reports.send(message, 0, tag);
    }

    const protocol::Channels& channels_;
    const comm::Communicator& group_comm_;
    Group group_;
    const std::vector<Trial>& trials_;
    const train::Experiment& experiment_;
    const Hooks& hooks_;
    const core::Stopwatch& stopwatch_;
    Pulse& pulse_;
    double epoch_start_ = 0;
    double last_progress_ = 0;
    bool stopping_ = false;
    bool is_slow_ = false;      ///< rehearsed
    bool fails_write_ = false;  ///< rehearsed
};

}  // namespace dropsweep::sweep
