// The ordered reduction has the bits of the tree over the leaves on every layout of ranks and nodes.
#include "dropsweep/comm/ordered_reduction.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/comm/ordered_sum.hpp"
#include "dropsweep/linalg/bfloat16.hpp"

// The sum over L leaves, here on three ranks with L = 5; each rank ends with one slice of it:
//
//     rank 0: leaves 0 1      rank 1: leaves 2 3      rank 2: leaf 4
//             (0+1)                   (2+3)                   4          added before anything is sent
//                 \__________________/                       /
//                   (0+1)+(2+3)                             /            added by the owner of the slice
//                              \___________________________/
//                                 ((0+1)+(2+3))+4

namespace dropsweep::comm {
namespace {

constexpr std::size_t kMostLeaves = 16;

std::size_t as_size(int value) {
    return static_cast<std::size_t>(value);
}

/// Numbers of both signs between 2^-30 and 2^30, so that another order of additions gives another sum.
std::vector<float> gradient_of(std::size_t step, std::size_t leaf, std::size_t length) {
    std::mt19937 bits(static_cast<std::uint32_t>(1 + 1000 * step + leaf));
    std::vector<float> gradient(length);
    for (float& value : gradient) {
        const auto mantissa = static_cast<float>(static_cast<std::int32_t>(bits() >> 8) - (1 << 23));
        value = std::ldexp(mantissa, static_cast<int>(bits() % 61) - 53);
    }
    return gradient;
}

/// The naive twin: the sum of the leaves first ... first + count - 1, the largest power of two below count on the left.
template <class T>
T tree_sum(const std::function<T(std::size_t)>& leaf, std::size_t first, std::size_t count) {
    if (count == 1) return leaf(first);
    std::size_t left = 1;
    while (2 * left < count) left *= 2;
    T sum = tree_sum(leaf, first, left);
    sum += tree_sum(leaf, first + left, count - left);
    return sum;
}

struct Gradients {
    Gradients(std::size_t step, std::size_t leaves, std::size_t length) {
        for (std::size_t leaf = 0; leaf < leaves; ++leaf) of_leaf.push_back(gradient_of(step, leaf, length));
    }
    std::vector<float> in_tree_order() const {
        std::vector<float> sum(of_leaf.front().size());
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] = tree_sum<float>([&](std::size_t leaf) { return of_leaf[leaf][i]; }, 0, of_leaf.size());
        }
        return sum;
    }
    std::vector<float> left_to_right() const {
        std::vector<float> sum = of_leaf.front();
        for (std::size_t leaf = 1; leaf < of_leaf.size(); ++leaf) {
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += of_leaf[leaf][i];
        }
        return sum;
    }
    std::vector<std::vector<float>> of_leaf;
};

/// [0, length) in one part, or in three uneven ones.
std::vector<linalg::Range> parts_of(std::size_t length) {
    if (length < 3) return {{0, length}};
    return {{0, length / 3 + 1}, {length / 3 + 1, length - 1}, {length - 1, length}};
}

/// Each rank at other times.
void be_late_at_times() {
    static std::mt19937 random([] {
        int rank = 0;
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        return static_cast<std::uint32_t>(rank);
    }());
    if (random() % 64 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
}

/// The sum as this rank has it in the end: the slices that it is given are gathered as weights.
template <class Weight = float>
std::vector<float> reduce(OrderedReduction& reduction, const Gradients& gradients, std::size_t length) {
    const linalg::LocalReductionPlan& plan = reduction.plan();
    std::vector<std::vector<float>> slots(plan.slots);
    for (std::size_t i = 0; i < reduction.own_leaves().size(); ++i) {
        slots[plan.leaves[i].slot] = gradients.of_leaf[reduction.own_leaves().begin + i];
        for (const auto [into, from] : plan.leaves[i].additions) {
            for (std::size_t e = 0; e < length; ++e) slots[into][e] += slots[from][e];
        }
    }
    for (std::size_t i = 0; i < reduction.sums().size(); ++i) {
        std::ranges::copy(slots[i], reduction.sums()[i].begin());
    }
    const std::size_t parts = parts_of(length).size();
    for (std::size_t part = parts; part-- > 0;) {
        be_late_at_times();
        reduction.start(part);
        reduction.progress();
    }
    const std::span<Weight> weights = reduction.weights<Weight>();
    for (std::size_t part = parts; part-- > 0;) {
        be_late_at_times();
        const std::span<const float> slice = reduction.finish(part);
        EXPECT_EQ(slice.size(), reduction.own_slice(part).size());
        for (std::size_t e = 0; e < slice.size(); ++e) {
            linalg::narrow(slice[e], weights[reduction.own_slice(part).begin + e]);
        }
        reduction.start_gather(part);
    }
    reduction.finish_gathers();
    std::vector<float> sum;
    for (const Weight& weight : weights) sum.push_back(linalg::widen(weight));
    return sum;
}

/// Which node each rank of the group seems to be on.
struct Nodes {
    const char* name;
    int (*node_of)(int rank);
};
constexpr std::array kNodes = {Nodes{"one node", [](int /*rank*/) { return 0; }},
                               Nodes{"a node for each rank", [](int rank) { return rank; }},
                               Nodes{"a node for each two ranks", [](int rank) { return rank / 2; }},
                               Nodes{"even ranks and odd ranks", [](int rank) { return rank % 2; }},
                               Nodes{"the first rank and the others", [](int rank) { return rank == 0 ? 0 : 1; }},
                               Nodes{"three nodes in turns", [](int rank) { return (rank + 1) % 3; }}};

template <class Weight = float>
OrderedReduction make_reduction(const Communicator& group, const Nodes& nodes, std::size_t leaves, std::size_t length) {
    // MPI need not keep the group's order on a node.
    const Communicator node = group.split(nodes.node_of(group.rank()), -group.rank());
    return OrderedReduction(group, node, leaves, parts_of(length), sizeof(Weight));
}

/// Calls `work` with groups of `ranks` neighbours; the last ranks may form a smaller one.
template <class Work>
void in_groups_of_every_size(Work&& work) {
    const Communicator world = Communicator::world();
    for (int ranks = 1; ranks <= world.size(); ++ranks) work(world.split(world.rank() / ranks, world.rank()));
}

TEST(OrderedReduction, OrderOfAdditionMattersForTheseGradients) {
    for (std::size_t leaves = 4; leaves <= kMostLeaves; ++leaves) {
        const Gradients gradients(0, leaves, 1000);
        EXPECT_NE(gradients.in_tree_order(), gradients.left_to_right()) << leaves << " leaves";
    }
}

TEST(OrderedReduction, SumHasTheBitsOfTheTreeOnEveryLayout) {
    // 5 elements, one cache line or less: most ranks have an empty slice.
    for (const std::size_t length : {1u, 5u, 15u, 16u, 17u, 1000u}) {
        for (std::size_t leaves = 1; leaves <= kMostLeaves; ++leaves) {
            const Gradients gradients(0, leaves, length);
            const std::vector<float> expected = gradients.in_tree_order();
            in_groups_of_every_size([&](const Communicator& group) {
                if (as_size(group.size()) > leaves) return;
                for (const Nodes& nodes : kNodes) {
                    OrderedReduction reduction = make_reduction(group, nodes, leaves, length);
                    ASSERT_EQ(reduce(reduction, gradients, length), expected) << fmt::format(
                        "{} leaves, {} elements, {} ranks, {}", leaves, length, group.size(), nodes.name);
                }
            });
        }
    }
}

TEST(OrderedReduction, StepsInARowDoNotMix) {
    constexpr std::size_t kLength = 70;
    for (const std::size_t leaves : {3u, 8u, 11u}) {
        in_groups_of_every_size([&](const Communicator& group) {
            if (as_size(group.size()) > leaves) return;
            for (const Nodes& nodes : kNodes) {
                OrderedReduction reduction = make_reduction(group, nodes, leaves, kLength);
                for (std::size_t step = 0; step < 4; ++step) {
                    const Gradients gradients(step, leaves, kLength);
                    ASSERT_EQ(reduce(reduction, gradients, kLength), gradients.in_tree_order())
                        << fmt::format("step {}, {} leaves, {} ranks, {}", step, leaves, group.size(), nodes.name);
                }
            }
        });
    }
}

TEST(OrderedReduction, SlicesAreWholeCacheLinesAndCoverAll) {
    const Communicator world = Communicator::world();
    for (const std::size_t length : {1u, 16u, 17u, 1000u}) {
        const OrderedReduction reduction = make_reduction(world, kNodes[0], as_size(world.size()), length);
        std::size_t end = 0;
        for (std::size_t part = 0; part < parts_of(length).size(); ++part) {
            const std::size_t begin = end;
            for (const linalg::Range& slice : world.all_gather(reduction.own_slice(part))) {
                EXPECT_EQ(slice.begin, end);
                EXPECT_TRUE(slice.begin % 16 == 0 || slice.empty() || slice.begin == begin);
                end = slice.end;
            }
            EXPECT_EQ(end, parts_of(length)[part].end);
        }
    }
}

TEST(OrderedReduction, Bfloat16WeightsAreGathered) {
    constexpr std::size_t kLength = 333;
    constexpr std::size_t kShards = 8;
    const Gradients gradients(0, kShards, kLength);
    std::vector<float> expected;
    for (const float sum : gradients.in_tree_order()) {
        linalg::BFloat16 narrowed;
        linalg::narrow(sum, narrowed);
        expected.push_back(linalg::widen(narrowed));
    }
    in_groups_of_every_size([&](const Communicator& group) {
        for (const Nodes& nodes : kNodes) {
            OrderedReduction reduction = make_reduction<linalg::BFloat16>(group, nodes, kShards, kLength);
            ASSERT_EQ(reduce<linalg::BFloat16>(reduction, gradients, kLength), expected)
                << group.size() << " ranks, " << nodes.name;
        }
    });
}

TEST(OrderedReduction, AllGatherTakesEachRanksSlices) {
    constexpr std::size_t kLength = 333;
    in_groups_of_every_size([&](const Communicator& group) {
        const auto reduction = make_reduction(group, kNodes[0], as_size(group.size()), kLength);
        std::vector<float> flat(kLength, -1.0f);
        for (std::size_t part = 0; part < parts_of(kLength).size(); ++part) {
            const linalg::Range slice = reduction.own_slice(part);
            for (std::size_t e = slice.begin; e < slice.end; ++e) flat[e] = static_cast<float>(e);
        }
        reduction.all_gather(flat);
        for (std::size_t e = 0; e < kLength; ++e) ASSERT_EQ(flat[e], static_cast<float>(e));
    });
}

TEST(OrderedSum, SumsHaveTheBitsOfTheTreeOnEveryLayout) {
    bool order_matters = false;
    for (std::size_t leaves = 1; leaves <= kMostLeaves; ++leaves) {
        std::vector<linalg::LossAndCorrect> all;
        linalg::LossAndCorrect left_to_right;
        for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
            const std::vector<float> values = gradient_of(9, leaf, 2);
            all.push_back({std::sqrt(std::abs(static_cast<double>(values[0]))) * values[1],
                           static_cast<std::int64_t>(leaf * leaf)});
            left_to_right += all.back();
        }
        const auto expected = tree_sum<linalg::LossAndCorrect>([&](std::size_t leaf) { return all[leaf]; }, 0, leaves);
        order_matters = order_matters || left_to_right.loss != expected.loss;
        // More ranks than leaves are welcome here: some have nothing to add.
        in_groups_of_every_size([&](const Communicator& group) {
            const linalg::Range run = linalg::part_of(leaves, as_size(group.size()), as_size(group.rank()));
            const std::span<const linalg::LossAndCorrect> own = std::span(all).subspan(run.begin, run.size());
            ASSERT_EQ(OrderedSum(group, leaves)(own).sum, expected)
                << fmt::format("{} leaves, {} ranks", leaves, group.size());
        });
    }
    EXPECT_TRUE(order_matters);
}

}  // namespace
}  // namespace dropsweep::comm
