#include "dropsweep/comm/node_shared.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::comm {
namespace {

std::vector<std::byte> pattern(std::size_t size) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
    return bytes;
}

std::vector<std::byte> on_rank_zero(const Communicator& world, const std::vector<std::byte>& bytes) {
    return world.rank() == 0 ? bytes : std::vector<std::byte>();
}

TEST(NodeShared, ContentOfRankZeroIsOnEveryRank) {
    const Communicator world = Communicator::world();
    const Communicator node = world.split_by_node();
    const std::vector<std::byte> content = pattern(100'003);
    const NodeSharedBytes shared(world, node, on_rank_zero(world, content));
    EXPECT_EQ(std::vector(shared.bytes().begin(), shared.bytes().end()), content);
}

TEST(NodeShared, MemoryIsTheSameOnAllRanksOfTheNode) {
    const Communicator world = Communicator::world();
    const Communicator node = world.split_by_node();
    const NodeSharedBytes shared(world, node, on_rank_zero(world, pattern(1000)));
    // What the last rank writes, all of them read: there is one copy.
    if (node.rank() == node.size() - 1) const_cast<std::byte&>(shared.bytes()[999]) = std::byte{42};
    node.barrier();
    EXPECT_EQ(shared.bytes()[999], std::byte{42});
    node.barrier();
}

TEST(NodeShared, TwoNodesGetACopyEach) {
    // Halves of the world stand for nodes: the content must cross from one to the other.
    const Communicator world = Communicator::world();
    const Communicator node = world.split(2 * world.rank() / world.size(), 0);
    const std::vector<std::byte> content = pattern(5000);
    const NodeSharedBytes shared(world, node, on_rank_zero(world, content));
    EXPECT_EQ(std::vector(shared.bytes().begin(), shared.bytes().end()), content);
}

TEST(NodeShared, NothingCanBeShared) {
    const Communicator world = Communicator::world();
    const Communicator node = world.split_by_node();
    const NodeSharedBytes shared(world, node, {});
    EXPECT_TRUE(shared.bytes().empty());
}

TEST(NodeShared, MoveKeepsTheMemory) {
    const Communicator world = Communicator::world();
    const Communicator node = world.split_by_node();
    NodeSharedBytes source(world, node, on_rank_zero(world, pattern(64)));
    const std::byte* place = source.bytes().data();
    const NodeSharedBytes moved(std::move(source));
    EXPECT_EQ(moved.bytes().data(), place);
    EXPECT_EQ(std::vector(moved.bytes().begin(), moved.bytes().end()), pattern(64));
}

}  // namespace
}  // namespace dropsweep::comm
