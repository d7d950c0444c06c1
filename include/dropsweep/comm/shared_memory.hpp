// Memory that the ranks of one node share, without a file system.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

/// One block of memory per rank, which all ranks of the node can read and write. It comes from memfd_create, so that
/// the size of /dev/shm does not limit it, and is reserved when it is made. Move-only.
class SharedMemory {
  public:
    SharedMemory() = default;
    /// Collective over node, whose ranks are on one machine. The memory is zero, and its pages are on the NUMA node of
    /// the owner.
    /// @param bytes  size of this rank's block, 0 or more
    /// @throws Error  failure, perhaps on this rank alone: not enough memory, or another rank's block cannot be mapped
    SharedMemory(const Communicator& node, std::size_t bytes);
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    ~SharedMemory();  ///< Unmaps it on this rank; the other ranks keep it. Local.

    /// The block of a rank, aligned to a page. Local.
    std::span<std::byte> of(int rank) const { return blocks_[static_cast<std::size_t>(rank)]; }

  private:
    std::vector<std::span<std::byte>> blocks_;  ///< of each rank
};

}  // namespace dropsweep::comm
