// Kernels that multiply leaf by leaf and add the products up by the tree (Highway includes this once for each
// instruction set).
#if defined(DROPSWEEP_LINALG_LEAF_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef DROPSWEEP_LINALG_LEAF_SUMS_INL
#undef DROPSWEEP_LINALG_LEAF_SUMS_INL
#else
#define DROPSWEEP_LINALG_LEAF_SUMS_INL
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dropsweep/linalg/sparse_product.hpp"

#include "chains-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// Rows of the sums that are made leaf by leaf before the next ones: few enough that they and the pending sums stay in
/// the second-level cache, and as many as possible for each time that a leaf's rows of B come into the first.
constexpr std::size_t kSumRows = 128;

/// Where the sums of one slot of the plan lie: row i of a block at data + i * stride.
struct Slot {
    float* data;
    std::size_t stride;
    HWY_INLINE float* row(std::size_t i) const { return data + i * stride; }
};

/// What is done with the chains of a leaf.
struct LeafSum {
    std::span<const Slot> addends;  ///< are added, one after the other
    Slot result;

    template <std::size_t V>
    HWY_INLINE void finish(std::size_t row, Floats (&chains)[V]) const {
        for (const Slot& addend : addends) {
            const float* from = addend.row(row);
            for (std::size_t v = 0; v < V; ++v) chains[v] = hn::Add(load(from + v * kLanes), chains[v]);
        }
        store_all(chains, result.row(row));
    }
};

/// The operands of a leaf for a block of the sums.
struct LeafTerms {
    const std::uint64_t* words;  ///< of the leaf in the bitmap, for the first row of the block
    const float* a;  ///< of the first row of the block, which is a column of A, in the first row of the leaf
    const float* b;  ///< the first row of the leaf, from the first column of the block
};

/// The chains of one leaf, or of two that the tree adds at once: their sum needs no memory. Not inline: its loops need
/// all the registers.
template <std::size_t V, bool kPair>
HWY_NOINLINE void sum_leaves_sparse(const LeafProducts& products, std::size_t rows, LeafTerms left, LeafTerms right,
                                    const LeafSum& sum) {
    const std::size_t a_stride = products.a.stride, b_stride = products.b.stride;
    const std::size_t row_words = products.columns.row_words(), leaf_words = products.leaf_bits / 64;
    const auto add_leaf = [&](const LeafTerms& leaf, std::size_t row, Floats(&chains)[V]) HWY_ATTR {
        const std::uint64_t* words = leaf.words + row * row_words;
        add_terms(words[0], leaf.a + row, a_stride, leaf.b, b_stride, chains);
        for (std::size_t w = 1; w < leaf_words; ++w) {
            add_terms(words[w], leaf.a + row + 64 * w * a_stride, a_stride, leaf.b + 64 * w * b_stride, b_stride,
                      chains);
        }
    };
    for (std::size_t row = 0; row < rows; ++row) {
        Floats chains[V];
        set_zero(chains);
        add_leaf(left, row, chains);
        if constexpr (kPair) {
            Floats others[V];
            set_zero(others);
            add_leaf(right, row, others);
            for (std::size_t v = 0; v < V; ++v) chains[v] = hn::Add(chains[v], others[v]);
        }
        sum.finish(row, chains);
    }
}

/// A tile's chains of one leaf, no term left out.
template <std::size_t R, std::size_t V>
HWY_NOINLINE void sum_leaf_dense(const LeafProducts& products, std::size_t leaf_rows, std::size_t row,
                                 const LeafTerms& leaf, const LeafSum& sum) {
    Floats chains[R][V];
    multiply_tile(leaf_rows, leaf.a + row, 1, products.a.stride, leaf.b, products.b.stride, chains);
    for (std::size_t r = 0; r < R; ++r) sum.finish(row + r, chains[r]);
}

/// Whether the tree adds the sums of this leaf and the next one before all else.
HWY_INLINE bool is_pair(const LocalReductionPlan& plan, std::size_t leaf) {
    if (leaf + 1 == plan.leaves.size() || !plan.leaves[leaf].additions.empty()) return false;
    const auto& additions = plan.leaves[leaf + 1].additions;
    return !additions.empty() && additions.front().into == plan.leaves[leaf].slot;
}

/// All leaves for one block of the sums: some rows of a panel of V vectors.
template <bool kSkip, std::size_t V>
HWY_INLINE void sum_block(const LeafProducts& products, const Range& rows, std::size_t column) {
    const auto slot = [&](std::size_t s) {
        if (s >= products.sums.size()) {
            return Slot{products.scratch.data() + (s - products.sums.size()) * kSumRows * kPanel, kPanel};
        }
        return Slot{products.sums[s].data + rows.begin * products.sums[s].stride + column, products.sums[s].stride};
    };
    const auto terms = [&](std::size_t leaf) {
        const std::size_t first = products.leaves[leaf].begin;
        return LeafTerms{products.columns.row(rows.begin) + leaf * products.leaf_bits / 64,
                         products.a.data + first * products.a.stride + rows.begin,
                         products.b.data + first * products.b.stride + column};
    };
    std::array<Slot, 64> addends;  // a tree over so many leaves has 2^64 of them
    for (std::size_t leaf = 0; leaf < products.leaves.size(); ++leaf) {
        const LeafTerms left = terms(leaf);
        const bool pair = kSkip && is_pair(products.plan, leaf);
        if (pair) ++leaf;
        const LocalReductionPlan::Leaf& planned = products.plan.leaves[leaf];
        LeafSum sum{{}, slot(planned.slot)};
        std::size_t additions = 0;
        for (const auto [into, from] : planned.additions) sum.result = addends[additions++] = slot(into);
        const std::size_t first = pair ? 1 : 0;
        sum.addends = {addends.data() + first, additions - first};
        if constexpr (!kSkip) {
            for_each_tile<V>(rows.size(), [&](auto count, std::size_t row) HWY_ATTR {
                sum_leaf_dense<count(), V>(products, products.leaves[leaf].size(), row, left, sum);
            });
        } else if (pair) {
            sum_leaves_sparse<V, true>(products, rows.size(), left, terms(leaf), sum);
        } else {
            sum_leaves_sparse<V, false>(products, rows.size(), left, left, sum);
        }
    }
}

template <bool kSkip>
HWY_INLINE void multiply_leaves_by(const LeafProducts& products) {
    for_each_panel<kSkip ? kPanelVectors : kTileVectors>(
        products.b.columns, [&](auto vectors, std::size_t column) HWY_ATTR {
            for (std::size_t k = 0; k < products.a.columns; k += kSumRows) {
                sum_block<kSkip, vectors()>(products, {k, std::min(k + kSumRows, products.a.columns)}, column);
            }
        });
}

void multiply_leaves_sparse(const LeafProducts& products) {
    multiply_leaves_by<true>(products);
}

void multiply_leaves_dense(const LeafProducts& products) {
    multiply_leaves_by<false>(products);
}

std::size_t leaf_slot_floats() {
    return kSumRows * kPanel;
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
