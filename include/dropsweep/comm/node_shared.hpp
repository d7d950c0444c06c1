#pragma once

#include <cstddef>
#include <span>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/shared_memory.hpp"

namespace dropsweep::comm {

/// Bytes that exist once per node, however many ranks run there. Move-only.
class NodeSharedBytes {
  public:
    /// Copies the bytes of world rank 0 to every node. Collective over world.
    /// @param world  whose rank 0 has the content
    /// @param node   the ranks that share this rank's node, see Communicator::split_by_node
    /// @param content  what to share, on rank 0 of world; ignored elsewhere
    /// @throws Error  as SharedMemory
    NodeSharedBytes(const Communicator& world, const Communicator& node, std::span<const std::byte> content);

    std::span<const std::byte> bytes() const { return memory_.of(0); }

  private:
    SharedMemory memory_;  ///< all of it in the block of the node's first rank
};

}  // namespace dropsweep::comm
