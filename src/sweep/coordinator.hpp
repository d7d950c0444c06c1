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

/// Rank 0's side of a sweep: hands out trials and ranks, and passes on what the groups report.
class Coordinator {
  public:
    /// The arguments outlive this object.
    Coordinator(const protocol::Channels& channels, const Plan& plan, const std::vector<Trial>& trials,
                Schedule schedule, Host& host, const system::Stopwatch& stopwatch);

    /// Serves the groups until all trials have ended or were stopped, and every rank has sent its last message. It
    /// sleeps between its looks for messages.
    /// @throws Error  what a listener threw
    void run();

  private:
    /// Serves every message that waits and gives the orders that follow from it; does not block.
    /// @return  whether there was one
    bool poll();
    /// Tells the listeners and every rank that the sweep is over.
    void finish();
    /// Serves what still comes in after that; does not block. @return  whether every rank has sent its last message
    bool has_heard_all();
    void serve(const comm::Communicator::Arrival& arrival);
    void give_orders();
    void assign(std::size_t trial, const std::vector<int>& to, const std::vector<int>& group, bool joins);
    void take_join(const protocol::Join& join);
    void take_end(std::size_t trial, const Span& span, std::optional<std::uint32_t> epochs);
    void tell_of_what_is_left();
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
    std::vector<double> busy_seconds_;  ///< of each rank of the world, in trials that have ended
    std::vector<double> joined_;        ///< when each rank joined its present trial
};

}  // namespace dropsweep::sweep
