// Bytes of rank 0 that exist once on each node.
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

class NodeSharedTest : public testing::Test {
  protected:
    std::vector<std::byte> on_rank_zero(const std::vector<std::byte>& bytes) const {
        return world_.rank() == 0 ? bytes : std::vector<std::byte>();
    }
    const Communicator world_ = Communicator::world();
    const Communicator node_ = world_.split_by_node();
};

TEST_F(NodeSharedTest, ContentOfRankZeroIsOnEveryRank) {
    const std::vector<std::byte> content = pattern(100'003);
    const NodeSharedBytes shared(world_, node_, on_rank_zero(content));
    EXPECT_EQ(std::vector(shared.bytes().begin(), shared.bytes().end()), content);
}

TEST_F(NodeSharedTest, MemoryIsTheSameOnAllRanksOfTheNode) {
    const NodeSharedBytes shared(world_, node_, on_rank_zero(pattern(1000)));
    // What the last rank writes, all of them read: there is one copy.
    if (node_.rank() == node_.size() - 1) const_cast<std::byte&>(shared.bytes()[999]) = std::byte{42};
    node_.barrier();
    EXPECT_EQ(shared.bytes()[999], std::byte{42});
    node_.barrier();
}

TEST_F(NodeSharedTest, TwoNodesGetACopyEach) {
    // Halves of the world stand for nodes: the content must cross from one to the other.
    const Communicator half = world_.split(2 * world_.rank() / world_.size(), 0);
    const std::vector<std::byte> content = pattern(5000);
    const NodeSharedBytes shared(world_, half, on_rank_zero(content));
    EXPECT_EQ(std::vector(shared.bytes().begin(), shared.bytes().end()), content);
}

TEST_F(NodeSharedTest, NothingCanBeShared) {
    const NodeSharedBytes shared(world_, node_, {});
    EXPECT_TRUE(shared.bytes().empty());
}

TEST_F(NodeSharedTest, MoveKeepsTheMemory) {
    NodeSharedBytes source(world_, node_, on_rank_zero(pattern(64)));
    const std::byte* place = source.bytes().data();
    const NodeSharedBytes moved(std::move(source));
    EXPECT_EQ(moved.bytes().data(), place);
    EXPECT_EQ(std::vector(moved.bytes().begin(), moved.bytes().end()), pattern(64));
}

}  // namespace
}  // namespace dropsweep::comm
