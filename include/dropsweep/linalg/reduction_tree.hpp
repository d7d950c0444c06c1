// The binary tree that fixes the order in which leaves are added, and what a rank adds of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "dropsweep/linalg/partition.hpp"

namespace dropsweep::linalg {

// The ordered reduction sums S leaves by one binary tree over leaf numbers, whoever holds them:
//
//     level 3              0-4                 node (level, index) covers the leaves
//                      /         \             [index 2^level, (index + 1) 2^level) below S.
//     level 2        0-3          4            A node without a right child is its left child:
//                  /     \        |            nothing is added.
//     level 1    0-1     2-3      4
//                / \     / \      |
//     level 0   0   1   2   3     4            S = 5
//
// A rank with a contiguous range of leaves can add the nodes that lie wholly inside it; the rest of the tree is added
// by those who receive these partial sums. The tree alone gives the order of every addition.

struct TreeNode {
    std::size_t level = 0;
    std::size_t index = 0;

    bool operator==(const TreeNode&) const = default;
};

/// The sum in slot `from` is to be added to the one in slot `into`, and is then no longer needed.
struct Addition {
    std::size_t into;
    std::size_t from;
    bool operator==(const Addition&) const = default;
};

/// Adds up nodes that arrive in ascending order: keeps the partial sums that cannot be added yet, in slots of the
/// caller's choice, and says which slots are to be added now. Pure bookkeeping: it never touches a sum.
/// Source: the carry of a binary counter; Higham (2002), section 4.1, pairwise summation.
class TreeMerge {
  public:
    explicit TreeMerge(std::size_t leaves) : leaves_(leaves) {}

    struct Entry {
        TreeNode node;
        std::size_t slot = 0;
        bool operator==(const Entry&) const = default;
    };

    /// Appends a node whose sum lies in `slot`, and to `additions` those that are due then, in order.
    void push(TreeNode node, std::size_t slot, std::vector<Addition>& additions) {
        pending_.push_back({node, slot});
        while (true) {
            Entry& last = pending_.back();
            const bool has_no_sibling =
                last.node.index % 2 == 0 && first_leaf(last.node.level, last.node.index + 1) >= leaves_;
            if (has_no_sibling && !is_root(last.node)) {
                last.node = {last.node.level + 1, last.node.index / 2};
            } else if (pending_.size() > 1 && are_siblings(pending_[pending_.size() - 2].node, last.node)) {
                Entry& left = pending_[pending_.size() - 2];
                additions.push_back({left.slot, last.slot});
                left.node = {left.node.level + 1, left.node.index / 2};
                pending_.pop_back();
            } else {
                return;
            }
        }
    }

    /// The partial sums that wait for others, in ascending order; after all leaves just the root.
    const std::vector<Entry>& pending() const { return pending_; }

  private:
    static std::size_t first_leaf(std::size_t level, std::size_t index) { return index << level; }
    static bool are_siblings(const TreeNode& left, const TreeNode& right) {
        return left.level == right.level && left.index % 2 == 0 && right.index == left.index + 1;
    }
    bool is_root(const TreeNode& node) const { return node.index == 0 && (std::size_t{1} << node.level) >= leaves_; }

    std::size_t leaves_;
    std::vector<Entry> pending_;
};

/// How one rank adds up its range of leaves, `run`: the slot of each leaf's addend, and the additions that follow it.
/// In the end slot i holds the sum of nodes[i], which the rank sends on.
struct LocalReductionPlan {
    struct Leaf {
        std::size_t slot;
        std::vector<Addition> additions;
    };

    LocalReductionPlan(std::size_t leaves_of_all, Range run) : all_leaves(leaves_of_all) {
        TreeMerge merge(all_leaves);
        for (std::size_t leaf = run.begin; leaf < run.end; ++leaf) {
            // TreeMerge always adds the last two pending sums, so a sum's slot is its index in pending().
            Leaf& added = leaves.emplace_back(Leaf{merge.pending().size(), {}});
            slots = std::max(slots, added.slot + 1);
            merge.push({0, leaf}, added.slot, added.additions);
        }
        for (const TreeMerge::Entry& entry : merge.pending()) nodes.push_back(entry.node);
    }

    std::size_t all_leaves = 0;   ///< of the tree
    std::vector<TreeNode> nodes;  ///< the largest ones inside the run, in ascending order
    std::vector<Leaf> leaves;     ///< of the run, ascending
    std::size_t slots = 0;        ///< in use at once
};

}  // namespace dropsweep::linalg
