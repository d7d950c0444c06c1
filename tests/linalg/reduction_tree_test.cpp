// The tree in whose order leaves are added, written down as expressions.
#include "dropsweep/linalg/reduction_tree.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

// The sum of S leaves as an expression. What a rank adds by itself stays together whatever its run of leaves is:
//
//     S = 5    ((0+1)+(2+3))+4         S = 6    ((0+1)+(2+3))+(4+5)
//                    +                                  +
//                 /     \                            /     \.
//               +         4                        +         +
//             /   \                              /   \      / \.
//            +     +                            +     +    4   5
//           / \   / \                          / \   / \.
//          0   1 2   3                        0   1 2   3
//
//     runs 0-2 | 3-4 of S = 5:  rank 0 sends (0+1) and 2, rank 1 sends 3 and 4.

namespace dropsweep::linalg {
namespace {

constexpr std::size_t kMostLeaves = 16;

/// The specification: the left part is the largest power of two below the count, the right part is the rest.
std::string specified_sum(std::size_t first, std::size_t count) {
    if (count == 1) return fmt::to_string(first);
    std::size_t left = 1;
    while (2 * left < count) left *= 2;
    return fmt::format("({}+{})", specified_sum(first, left), specified_sum(first + left, count - left));
}

/// Where partial sums are strings and an addition is written down.
struct Slots {
    std::vector<std::string> sums;
    void push(TreeMerge& merge, TreeNode node, std::string sum) {
        sums.push_back(std::move(sum));
        std::vector<Addition> additions;
        merge.push(node, sums.size() - 1, additions);
        for (const auto [into, from] : additions) {
            sums[into] = fmt::format("({}+{})", sums[into], sums[from]);
            sums[from] = "already added";
        }
    }
};

/// The partial sums that the owner of a run sends on.
std::vector<std::pair<TreeNode, std::string>> sums_of_run(std::size_t leaves, Range run) {
    TreeMerge merge(leaves);
    Slots slots;
    for (std::size_t leaf = run.begin; leaf < run.end; ++leaf) slots.push(merge, {0, leaf}, fmt::to_string(leaf));
    std::vector<std::pair<TreeNode, std::string>> sums;
    for (const TreeMerge::Entry& entry : merge.pending()) sums.emplace_back(entry.node, slots.sums[entry.slot]);
    return sums;
}

/// The sum over runs that end at `ends`, the last of which is the number of leaves.
std::string sum_of_runs(const std::vector<std::size_t>& ends) {
    const std::size_t leaves = ends.back();
    TreeMerge merge(leaves);
    Slots slots;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        for (const auto& [node, sum] : sums_of_run(leaves, {begin, end})) slots.push(merge, node, sum);
        begin = end;
    }
    if (merge.pending().size() != 1) return fmt::format("{} sums left", merge.pending().size());
    return slots.sums[merge.pending().front().slot];
}

std::vector<TreeNode> nodes_of(std::size_t leaves, Range run) {
    return LocalReductionPlan(leaves, run).nodes;
}

TEST(ReductionTree, SpecificationIsTheOneInThePicture) {
    EXPECT_EQ(specified_sum(0, 1), "0");
    EXPECT_EQ(specified_sum(0, 3), "((0+1)+2)");
    EXPECT_EQ(specified_sum(0, 5), "(((0+1)+(2+3))+4)");
    EXPECT_EQ(specified_sum(0, 7), "(((0+1)+(2+3))+((4+5)+6))");
}

TEST(ReductionTree, AddsLeavesInTheSpecifiedOrder) {
    for (std::size_t leaves = 1; leaves <= kMostLeaves; ++leaves) {
        EXPECT_EQ(sum_of_runs({leaves}), specified_sum(0, leaves)) << leaves << " leaves";
    }
}

TEST(ReductionTree, AnyRunsGiveTheSameExpression) {
    for (std::size_t leaves = 1; leaves <= 12; ++leaves) {
        // Bit i of `cuts` cuts between the leaves i and i + 1: every way to form contiguous runs.
        for (std::size_t cuts = 0; cuts < std::size_t{1} << (leaves - 1); ++cuts) {
            std::vector<std::size_t> ends;
            for (std::size_t leaf = 0; leaf + 1 < leaves; ++leaf) {
                if ((cuts >> leaf & 1) != 0) ends.push_back(leaf + 1);
            }
            ends.push_back(leaves);
            ASSERT_EQ(sum_of_runs(ends), specified_sum(0, leaves))
                << fmt::format("runs end at {}", fmt::join(ends, " "));
        }
    }
}

TEST(ReductionTree, EmptyRunsAddNothing) {
    EXPECT_EQ(sum_of_runs({0, 2, 2, 3, 3, 3}), "((0+1)+2)");
    EXPECT_TRUE(nodes_of(5, {2, 2}).empty());
}

TEST(ReductionTree, RunSendsItsLargestNodes) {
    using Nodes = std::vector<TreeNode>;
    EXPECT_EQ(nodes_of(8, {0, 8}), (Nodes{{3, 0}}));
    EXPECT_EQ(nodes_of(8, {0, 4}), (Nodes{{2, 0}}));
    EXPECT_EQ(nodes_of(8, {1, 7}), (Nodes{{0, 1}, {1, 1}, {1, 2}, {0, 6}}));
    EXPECT_EQ(nodes_of(5, {0, 3}), (Nodes{{1, 0}, {0, 2}}));
    // Leaf 4 of 5 has no sibling: it stands for the node of level 2.
    EXPECT_EQ(nodes_of(5, {4, 5}), (Nodes{{2, 1}}));
    EXPECT_EQ(nodes_of(5, {3, 5}), (Nodes{{0, 3}, {2, 1}}));
    EXPECT_EQ(nodes_of(1, {0, 1}), (Nodes{{0, 0}}));
}

// The program of a run, carried out on strings: every leaf is written to its slot, then the additions that are due.
TEST(ReductionTree, ProgramOfARunGivesWhatItSends) {
    for (std::size_t leaves = 1; leaves <= kMostLeaves; ++leaves) {
        for (std::size_t begin = 0; begin < leaves; ++begin) {
            for (std::size_t end = begin + 1; end <= leaves; ++end) {
                const LocalReductionPlan run(leaves, {begin, end});
                std::vector<std::string> slots(run.slots, "unused");
                for (std::size_t leaf = begin; leaf < end; ++leaf) {
                    slots[run.leaves[leaf - begin].slot] = fmt::to_string(leaf);
                    for (const auto [into, from] : run.leaves[leaf - begin].additions) {
                        slots[into] = fmt::format("({}+{})", slots[into], slots[from]);
                    }
                }
                const auto expected = sums_of_run(leaves, {begin, end});
                ASSERT_EQ(run.nodes.size(), expected.size());
                for (std::size_t i = 0; i < expected.size(); ++i) {
                    ASSERT_EQ(run.nodes[i], expected[i].first);
                    ASSERT_EQ(slots[i], expected[i].second) << fmt::format("{} to {} of {}", begin, end, leaves);
                }
            }
        }
    }
}

}  // namespace
}  // namespace dropsweep::linalg
