// A broadcast among the first ranks of all nodes.
#include "dropsweep/comm/node_shared.hpp"

#include <algorithm>

namespace dropsweep::comm {

NodeSharedBytes::NodeSharedBytes(const Communicator& world, const Communicator& node,
                                 std::span<const std::byte> content) {
    const bool leads_node = node.rank() == 0;
    std::size_t size = content.size();
    world.broadcast(size, 0);
    memory_ = SharedMemory(node, leads_node ? size : 0);
    // World rank 0 is the first of its node, so it is rank 0 of the leaders.
    const Communicator leaders = world.split(leads_node ? 0 : 1, world.rank());
    if (leads_node) {
        const std::span<std::byte> own = memory_.of(0);
        if (world.rank() == 0) std::ranges::copy(content, own.begin());
        leaders.broadcast(own, 0);
    }
    node.barrier();
}

}  // namespace dropsweep::comm
