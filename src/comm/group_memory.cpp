// Atomic counters, one per cache line, in SharedMemory.
#include "dropsweep/comm/group_memory.hpp"

#include <atomic>

#include <sched.h>

#include "waiting.hpp"

namespace dropsweep::comm {
namespace {

/// Bytes of a cache line. Counters and blocks begin on lines of their own, against false sharing.
constexpr std::size_t kLine = 64;

}  // namespace

GroupMemory::GroupMemory(const Communicator& group, std::size_t bytes, std::size_t events)
    : memory_(group, events * kLine + bytes), own_rank_(group.rank()), events_(events) {
    for (int rank = 0; rank < group.size(); ++rank) blocks_.push_back(memory_.of(rank).data());
}

GroupMemory::~GroupMemory() = default;

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
    // Spins about as long as the imbalance of a step lasts; then another process may need the core, perhaps the awaited
    // rank.
    constexpr int kLooks = 2000;
    const Waiting waiting;
    for (int looks = 0; !has_announced(rank, event, count); ++looks) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
        if (looks > kLooks) sched_yield();
        meanwhile();
    }
}

}  // namespace dropsweep::comm
