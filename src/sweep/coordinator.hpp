// Rank 0's side of a sweep: assigns trials and ranks, and passes the reports of the groups to the listeners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/sweep/schedule.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {

/// Runs in a thread of its own.
class Coordinator {
  public:
    /// The arguments must outlive this object.
    Coordinator(const protocol::Channels& channels, const Plan& plan, const std::vector<Trial>& trials,
                Schedule schedule, Host& host, const system::Stopwatch& stopwatch);

    /// Serves the groups until all trials have ended or were stopped, and every rank has sent its Farewell. Sleeps
    /// between polls.
    /// @throws Error  what a listener throws; failure: a message of an unknown kind
    void run();

  private:
    /// Serves all messages that have arrived and sends the resulting orders. Does not block.
    /// @return  whether there was a message
    bool poll();
    /// Tells the listeners and every rank that the sweep is over.
    void finish();
    /// Serves messages that arrive after finish(). Does not block.
    /// @return  whether every rank has sent its Farewell
    bool has_heard_all();
    void serve(const comm::Communicator::Arrival& arrival);
    void give_orders();
    void assign(std::size_t trial, const std::vector<int>& to, const std::vector<int>& group, bool joins);
    void take_join(const protocol::Join& join);
    void take_resume(std::size_t trial, const std::vector<train::EpochRecord>& history);
    void take_epoch(const protocol::Epoch& epoch);
    void take_outcome(const protocol::Outcome& outcome);
    void take_corruption(const protocol::Corruption& found);
    void take_stopped(const protocol::Stopped& stopped);
    /// @param epochs  that it has trained; none: it was stopped or has failed
    void end_trial(std::size_t trial, const Span& span, std::optional<std::uint32_t> epochs);
    /// Calls a method of every listener.
    template <class... Parameters, class... Arguments>
    void tell(void (Listener::*method)(Parameters...), const Arguments&... arguments) {
        for (Listener* listener : host_.listeners) (listener->*method)(arguments...);
    }
    void report_remaining();
    void stop();

    const protocol::Channels& channels_;
    const Plan& plan_;
    const std::vector<Trial>& trials_;
    Schedule schedule_;
    Host& host_;
    const system::Stopwatch& stopwatch_;
    comm::Outbox orders_;
    int farewells_ = 0;
    bool all_succeeded_ = true;
    bool stopping_ = false;
    double busy_seconds_ = 0;  ///< of all ranks together, when all trials have ended
};

}  // namespace dropsweep::sweep
