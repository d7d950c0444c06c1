#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mpi.h>

#include "dropsweep/comm/communicator.hpp"

namespace dropsweep::comm {

/// Bytes that exist once per node, however many ranks run there (an MPI-3 shared-memory window). Move-only.
class NodeSharedBytes {
  public:
    /// Copies the bytes of world rank 0 to every node. Collective over world.
    /// @param world  whose rank 0 has the content
    /// @param node   the ranks that share this rank's node, see Communicator::split_by_node
    /// @param content  what to share, on rank 0 of world; ignored elsewhere
    NodeSharedBytes(const Communicator& world, const Communicator& node, std::span<const std::uint8_t> content);
    NodeSharedBytes(NodeSharedBytes&& other) noexcept;
    NodeSharedBytes& operator=(NodeSharedBytes&&) = delete;
    ~NodeSharedBytes();  ///< Collective over node; does nothing while an exception unwinds.

    std::span<const std::uint8_t> bytes() const { return bytes_; }

  private:
    MPI_Win window_ = MPI_WIN_NULL;
    std::span<const std::uint8_t> bytes_;
};

}  // namespace dropsweep::comm
