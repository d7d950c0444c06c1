#pragma once

#include <cstddef>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/plan.hpp"

#include "protocol.hpp"
#include "stopwatch.hpp"

namespace dropsweep::sweep {

/// Rank 0's side of a sweep: hands out the trials and passes on what the groups report.
class Coordinator {
  public:
    /// @param channels  outlive this object
    /// @param trials   number of trials
    Coordinator(const protocol::Channels& channels, const Plan& plan, std::size_t trials,
                std::vector<Listener*> listeners, const Stopwatch& stopwatch);

    /// Serves every message that waits; does not block.
    /// @throws Error  what a rank reported as fatal, or what a listener threw
    void poll();
    /// Whether all trials have ended and every group knows that there are no more.
    bool finished() const { return ended_ == trials_ && dismissed_groups_ == plan_.groups.size(); }
    /// Tells the listeners and every rank that the sweep is over.
    void finish();

  private:
    void serve(const comm::Communicator::Arrival& arrival);

    const protocol::Channels& channels_;
    const Plan& plan_;
    std::size_t trials_;
    std::vector<Listener*> listeners_;
    const Stopwatch& stopwatch_;
    std::size_t handed_out_ = 0;
    std::size_t ended_ = 0;
    std::size_t dismissed_groups_ = 0;
    bool all_succeeded_ = true;
    std::vector<double> busy_seconds_;  ///< of each rank of the world
};

}  // namespace dropsweep::sweep
