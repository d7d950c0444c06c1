#pragma once

#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

/// The process of each rank: what to call it in a message, and, on this machine, whether it lives.
class ProcessTable {
  public:
    /// Collective over world.
    explicit ProcessTable(const Communicator& world);

    /// "rank 2 on HOST (process 4711)".
    std::string name_of(int rank) const;
    /// Whether the process of a rank has ended, as far as can be seen from here: only on the same machine.
    bool is_gone(int rank) const;

  private:
    struct Process {
        std::string host;
        int id = 0;
        bool is_visible = false;
    };
    std::vector<Process> processes_;  ///< of each rank
};

}  // namespace dropsweep::comm
