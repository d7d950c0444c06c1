#include "dropsweep/comm/group_memory.hpp"

#include <atomic>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <sched.h>

#include "dropsweep/core/error.hpp"

#include "check.hpp"

namespace dropsweep::comm {
namespace {

/// Counters and blocks begin on lines of their own: ranks that wait for one do not disturb the others.
constexpr std::size_t kLine = 64;

std::size_t whole_lines(std::size_t bytes) {
    return (bytes + kLine - 1) / kLine * kLine;
}

}  // namespace

GroupMemory::GroupMemory(const Communicator& group, std::size_t bytes, std::size_t events)
    : own_rank_(group.rank()), events_(events) {
    // One line more, because a window begins where it pleases MPI.
    const std::size_t size = events * kLine + whole_lines(bytes) + kLine;
    void* own = nullptr;
    const int status =
        MPI_Win_allocate_shared(static_cast<MPI_Aint>(size), 1, MPI_INFO_NULL, group.handle(), &own, &window_);
    if (status != MPI_SUCCESS) {
        throw Error(ExitCode::failure,
                    fmt::format("no room for {} MB of shared memory for the gradients of {} ranks of this node; make "
                                "room in /dev/shm or in TMPDIR",
                                (size * static_cast<std::size_t>(group.size()) >> 20) + 1, group.size()));
    }
    check(MPI_Win_set_errhandler(window_, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");  // not inherited
    check(MPI_Win_lock_all(MPI_MODE_NOCHECK, window_), "MPI_Win_lock_all");
    for (int rank = 0; rank < group.size(); ++rank) {
        MPI_Aint window_size = 0;
        int unit = 0;
        void* base = nullptr;
        check(MPI_Win_shared_query(window_, rank, &window_size, &unit, &base), "MPI_Win_shared_query");
        blocks_.push_back(reinterpret_cast<std::byte*>(whole_lines(reinterpret_cast<std::uintptr_t>(base))));
    }
    // The owner touches its pages first, so that they lie near its core.
    std::memset(blocks_[static_cast<std::size_t>(own_rank_)], 0, size - kLine);
    check(MPI_Win_sync(window_), "MPI_Win_sync");
    group.barrier();
    check(MPI_Win_sync(window_), "MPI_Win_sync");
}

GroupMemory::~GroupMemory() {
    // Freeing is collective: a rank that unwinds from an error of its own would wait for ranks that never come.
    if (window_ == MPI_WIN_NULL || std::uncaught_exceptions() > 0) return;
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
}

std::byte* GroupMemory::of(int rank) const {
    return blocks_[static_cast<std::size_t>(rank)] + events_ * kLine;
}

std::uint64_t& GroupMemory::counter(int rank, std::size_t event) const {
    return *reinterpret_cast<std::uint64_t*>(blocks_[static_cast<std::size_t>(rank)] + event * kLine);
}

void GroupMemory::announce(std::size_t event, std::uint64_t count) const {
    std::atomic_ref(counter(own_rank_, event)).store(count, std::memory_order_release);
}

bool GroupMemory::has_announced(int rank, std::size_t event, std::uint64_t count) const {
    return std::atomic_ref(counter(rank, event)).load(std::memory_order_acquire) >= count;
}

void GroupMemory::wait_for(int rank, std::size_t event, std::uint64_t count,
                           const std::function<void()>& meanwhile) const {
    // About as long as a step's imbalance lasts; then somebody else may need the core, perhaps the rank waited for.
    constexpr int kLooks = 2000;
    for (int looks = 0; !has_announced(rank, event, count); ++looks) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
        if (looks > kLooks) sched_yield();
        meanwhile();
    }
}

}  // namespace dropsweep::comm
