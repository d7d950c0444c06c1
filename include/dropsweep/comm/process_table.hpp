// Host and process number of each rank, for messages and to see whether a process has ended.
#pragma once

#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

/// The process of each rank. All methods but the constructor are local.
class ProcessTable {
  public:
    /// Collective over world.
    explicit ProcessTable(const Communicator& world);

    /// "rank 2 on HOST (process 4711)".
    std::string name_of(int rank) const;
    /// Whether the process of a rank has ended. Always false for a process of another host or PID namespace.
    bool is_gone(int rank) const;

  private:
    struct Process {
        std::string host;
        int id = 0;
        bool is_visible = false;  ///< same host and PID namespace as this process
    };
    std::vector<Process> processes_;  ///< of each rank
};

}  // namespace dropsweep::comm
