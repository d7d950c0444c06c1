#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/stopwatch.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/scheduler.hpp"

#include "protocol.hpp"
#include "watch.hpp"

namespace dropsweep::sweep {

/// Rank 0's side of a sweep: hands out the trials and passes on what the groups report.
class Coordinator {
  public:
    /// The arguments outlive this object.
    /// @param watch  nothing: nobody is watched
    Coordinator(const protocol::Channels& channels, const Plan& plan, const Hooks& hooks,
                const core::Stopwatch& stopwatch, Watch* watch);

    /// Serves every message that waits; does not block.
    /// @throws Error  what a rank reported as fatal, what a listener threw, or what the watch found
    void poll();
    /// Whether every group knows that there is nothing more to train, and so all that they report was served.
    bool finished() const { return dismissed_groups_ == plan_.groups.size(); }
    /// Tells the listeners and every rank that the sweep is over.
    void finish();

  private:
    void serve(const comm::Communicator::Arrival& arrival);
    void assign(int group_rank);
    void take_past(const protocol::Past& past);
    void count_busy(const Span& span);
    void stop();

    const protocol::Channels& channels_;
    const Plan& plan_;
    const Hooks& hooks_;
    const core::Stopwatch& stopwatch_;
    Watch* watch_;
    std::size_t handed_out_ = 0;
    std::size_t ended_ = 0;
    std::size_t dismissed_groups_ = 0;
    bool all_succeeded_ = true;
    bool stopping_ = false;
    struct Resumed {
        std::size_t epochs = 0;  ///< that are to come
        std::vector<train::EpochRecord> history;
    };
    std::map<std::size_t, Resumed> resumed_;  ///< by trial
    std::vector<double> busy_seconds_;        ///< of each rank of the world
};

}  // namespace dropsweep::sweep
