// Read-only bytes that all ranks of a node share, copied from world rank 0 to every node.
#pragma once

#include <cstddef>
#include <span>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/shared_memory.hpp"

namespace dropsweep::comm {

/// Bytes that exist once per node. Move-only.
class NodeSharedBytes {
  public:
    /// Copies the bytes of world rank 0 to every node. Collective over world.
    /// @param node     world.split_by_node()
    /// @param content  used on rank 0 of world only
    /// @throws Error  as SharedMemory
    NodeSharedBytes(const Communicator& world, const Communicator& node, std::span<const std::byte> content);

    std::span<const std::byte> bytes() const { return memory_.of(0); }

  private:
    SharedMemory memory_;  ///< the bytes are in the block of the node's first rank
};

}  // namespace dropsweep::comm
