// Stand-in for comm::GroupMemory: the ranks of a node are actors of one process, and reading takes simulated time.
#include "dropsweep/comm/group_memory.hpp"

#include <map>
#include <memory>

#include <simgrid/s4u.hpp>

#include "dropsweep/linalg/matrix.hpp"

#include "work.hpp"

namespace dropsweep::comm {
namespace {

/// One rank's memory and counters. Actors that wait for one of its counters wait for a semaphore: suspending them would
/// suspend their messages too.
struct Block : std::enable_shared_from_this<Block> {
    Block(std::size_t bytes, std::size_t events) : memory(bytes), counts(events) {}
    linalg::AlignedBuffer<std::byte> memory;
    std::vector<std::uint64_t> counts;
    std::vector<simgrid::s4u::SemaphorePtr> waiting;
};

struct Blocks {
    std::vector<std::shared_ptr<Block>> of_rank;
    double read_seconds = 0;  ///< of reading what another rank announces with one event
};

std::map<const GroupMemory*, Blocks> all_blocks;

}  // namespace

GroupMemory::GroupMemory(const Communicator& group, std::size_t bytes, std::size_t events)
    : own_rank_(group.rank()), events_(events) {
    const auto own = std::make_shared<Block>(bytes, events);
    Blocks& blocks = all_blocks[this];
    for (Block* block : group.all_gather(own.get())) {
        blocks.of_rank.push_back(block->shared_from_this());
        blocks_.push_back(block->memory.data());
    }
    // After each event of another rank a rank reads 1 / group.size() of what that one has written; over all events, of
    // its block.
    blocks.read_seconds = simulate::arithmetic.coarsening * simulate::arithmetic.costs.shared_byte *
                          static_cast<double>(bytes) / static_cast<double>(group.size()) / static_cast<double>(events);
    group.barrier();
}

GroupMemory::~GroupMemory() {
    all_blocks.erase(this);
}

std::byte* GroupMemory::of(int rank) const {
    return blocks_[static_cast<std::size_t>(rank)];
}

void GroupMemory::announce(std::size_t event, std::uint64_t count) const {
    Block& own = *all_blocks.at(this).of_rank[static_cast<std::size_t>(own_rank_)];
    own.counts[event] = count;
    for (const auto& waiter : std::exchange(own.waiting, {})) waiter->release();
}

bool GroupMemory::has_announced(int rank, std::size_t event, std::uint64_t count) const {
    return all_blocks.at(this).of_rank[static_cast<std::size_t>(rank)]->counts[event] >= count;
}

void GroupMemory::wait_for(int rank, std::size_t event, std::uint64_t count,
                           const std::function<void()>& /*meanwhile*/) const {
    if (rank == own_rank_) return;
    const Blocks& blocks = all_blocks.at(this);
    Block& block = *blocks.of_rank[static_cast<std::size_t>(rank)];
    while (!has_announced(rank, event, count)) {
        const auto semaphore = simgrid::s4u::Semaphore::create(0);
        block.waiting.push_back(semaphore);
        semaphore->acquire();
    }
    simulate::defer(blocks.read_seconds);
}

}  // namespace dropsweep::comm
