#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

/// Memory that the ranks of one node share, of each rank a block. It is taken from the memory of the machine and
/// belongs to no file system, so that no /dev/shm can be too small for it, and reserved before anybody touches it.
/// Move-only.
class SharedMemory {
  public:
    SharedMemory() = default;
    /// Collective over node, whose ranks are on one machine. The memory is zero and lies near the core of its owner.
    /// @param bytes  of this rank's block
    /// @throws Error  failure, perhaps on this rank alone: there is not so much memory, or another rank's cannot be
    /// seen
    SharedMemory(const Communicator& node, std::size_t bytes);
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&& other) noexcept;
    ~SharedMemory();  ///< Gives up this rank's view alone: others keep theirs. Local.

    /// A rank's block, on a page boundary.
    std::span<std::byte> of(int rank) const { return blocks_[static_cast<std::size_t>(rank)]; }

  private:
    std::vector<std::span<std::byte>> blocks_;  ///< of each rank
};

}  // namespace dropsweep::comm
