#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/shared_memory.hpp"

namespace dropsweep::comm {

/// One block of memory for each rank of a group that all its ranks can see, with a counter for each of some events, by
/// which a rank tells the others how far it is.
class GroupMemory {
  public:
    /// Collective over the group, whose ranks are all on one node. The memory is zero.
    /// @param bytes   of this rank's block
    /// @param events  counters of each rank
    /// @throws Error  as SharedMemory
    GroupMemory(const Communicator& group, std::size_t bytes, std::size_t events);
    GroupMemory(const GroupMemory&) = delete;
    GroupMemory& operator=(const GroupMemory&) = delete;
    ~GroupMemory();

    /// A rank's block, on a cache-line boundary.
    std::byte* of(int rank) const;

    /// Says that an event of this rank has happened `count` times: what it wrote before can be read by who waits for
    /// it.
    void announce(std::size_t event, std::uint64_t count) const;
    /// Whether an event of `rank` has happened `count` times. Does not block.
    bool has_announced(int rank, std::size_t event, std::uint64_t count) const;
    /// Waits until an event of `rank` has happened `count` times. Yields the core after a while.
    /// @param meanwhile  called again and again
    void wait_for(int rank, std::size_t event, std::uint64_t count, const std::function<void()>& meanwhile) const;

  private:
    std::uint64_t& counter(int rank, std::size_t event) const;

    SharedMemory memory_;
    int own_rank_;
    std::size_t events_;
    std::vector<std::byte*> blocks_;  ///< of each rank, the counters first
};

}  // namespace dropsweep::comm
