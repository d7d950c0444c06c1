// Shared memory of a group's ranks on one node: a block per rank, and counters by which ranks wait for each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/shared_memory.hpp"

namespace dropsweep::comm {

/// One block of shared memory and one counter per event for each rank of a group. All ranks can read and write all
/// blocks; only its owner advances a counter. All methods but the constructor are local.
class GroupMemory {
  public:
    /// Collective over the group, whose ranks are all on one node. The memory is zero.
    /// @param bytes   size of this rank's block
    /// @param events  number of counters per rank
    /// @throws Error  as SharedMemory
    GroupMemory(const Communicator& group, std::size_t bytes, std::size_t events);
    GroupMemory(const GroupMemory&) = delete;
    GroupMemory& operator=(const GroupMemory&) = delete;
    ~GroupMemory();

    /// The block of a rank, aligned to a cache line.
    std::byte* of(int rank) const;

    /// Sets this rank's counter of `event` to `count` (release): a rank that sees it by has_announced or wait_for
    /// (acquire) sees all that this rank wrote before.
    void announce(std::size_t event, std::uint64_t count) const;
    /// Whether the counter of `rank` has reached `count`. Does not block.
    bool has_announced(int rank, std::size_t event, std::uint64_t count) const;
    /// Waits until has_announced(rank, event, count): spins, then yields the core between polls.
    /// @param meanwhile  called on each poll
    void wait_for(int rank, std::size_t event, std::uint64_t count, const std::function<void()>& meanwhile) const;

  private:
    std::uint64_t& counter(int rank, std::size_t event) const;

    SharedMemory memory_;
    int own_rank_;
    std::size_t events_;
    std::vector<std::byte*> blocks_;  ///< of each rank: its counters, then its bytes
};

}  // namespace dropsweep::comm
