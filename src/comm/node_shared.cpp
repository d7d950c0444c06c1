#include "dropsweep/comm/node_shared.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"

#include "check.hpp"

namespace dropsweep::comm {

NodeSharedBytes::NodeSharedBytes(const Communicator& world, const Communicator& node,
                                 std::span<const std::uint8_t> content) {
    std::size_t size = content.size();
    world.broadcast(size, 0);

    // The first rank of the node owns all of it, the others map it.
    const bool leads_node = node.rank() == 0;
    void* own = nullptr;
    const int status = MPI_Win_allocate_shared(leads_node ? static_cast<MPI_Aint>(size) : 0, 1, MPI_INFO_NULL,
                                               node.handle(), &own, &window_);
    if (status != MPI_SUCCESS) {
        throw Error(ExitCode::failure,
                    fmt::format("no room for {} MB of shared memory for the data set on {} ranks of this "
                                "node; make room in /dev/shm or in TMPDIR",
                                (size >> 20) + 1, node.size()));
    }
    check(MPI_Win_set_errhandler(window_, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");  // not inherited
    MPI_Aint window_size = 0;
    int unit = 0;
    std::uint8_t* base = nullptr;
    check(MPI_Win_shared_query(window_, 0, &window_size, &unit, &base), "MPI_Win_shared_query");
    check(MPI_Win_lock_all(MPI_MODE_NOCHECK, window_), "MPI_Win_lock_all");

    // World rank 0 is the first of its node; the first ranks of all nodes form a communicator with it as root.
    const Communicator leaders = world.split(leads_node ? 0 : 1, world.rank());
    if (leads_node) {
        if (world.rank() == 0) std::ranges::copy(content, base);
        leaders.broadcast(std::span(base, size), 0);
    }
    check(MPI_Win_sync(window_), "MPI_Win_sync");
    node.barrier();
    check(MPI_Win_sync(window_), "MPI_Win_sync");
    bytes_ = {base, size};
}

NodeSharedBytes::NodeSharedBytes(NodeSharedBytes&& other) noexcept
    : window_(std::exchange(other.window_, MPI_WIN_NULL)), bytes_(std::exchange(other.bytes_, {})) {}

NodeSharedBytes::~NodeSharedBytes() {
    // Freeing is collective: a rank that unwinds from an error of its own would wait for ranks that never come.
    if (window_ == MPI_WIN_NULL || std::uncaught_exceptions() > 0) return;
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
}

}  // namespace dropsweep::comm
