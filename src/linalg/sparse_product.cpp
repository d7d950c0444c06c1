#include "dropsweep/linalg/sparse_product.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "dropsweep/linalg/simd.hpp"
#include "dropsweep/text/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "linalg/sparse_product.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// A panel is as many columns of C as stay in registers while a row of A passes: eight chains hide the latency of the
/// multiply-add.
constexpr std::size_t kPanelVectors = 8;
constexpr std::size_t kPanel = kPanelVectors * kLanes;

/// Whether the chains of two rows of A fit into the registers.
constexpr bool kTwoRows = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON;

/// Adds the term of the lowest set bit to the chains of a panel, and removes the bit.
/// @param a       of bit 0, those of the next bits `a_stride` elements apart
/// @param b       row of bit 0
template <std::size_t V>
HWY_INLINE void add_term(std::uint64_t& bits, const float* a, std::size_t a_stride, const float* b,
                         std::size_t b_stride, Floats (&sums)[V]) {
    const auto k = static_cast<std::size_t>(std::countr_zero(bits));
    bits &= bits - 1;
    const Floats factor = all(a[k * a_stride]);
    const float* row = b + k * b_stride;
    for (std::size_t v = 0; v < V; ++v) sums[v] = fma(factor, load(row + v * kLanes), sums[v]);
}

/// Adds the terms of all set bits.
template <std::size_t V>
HWY_INLINE void add_terms(std::uint64_t bits, const float* a, std::size_t a_stride, const float* b,
                          std::size_t b_stride, Floats (&sums)[V]) {
    while (bits != 0) add_term(bits, a, a_stride, b, b_stride, sums);
}

template <std::size_t V>
HWY_INLINE void set_zero(Floats (&sums)[V]) {
    for (Floats& sum : sums) sum = hn::Zero(FloatTag());
}
template <std::size_t V>
HWY_INLINE void load_all(const float* from, Floats (&sums)[V]) {
    for (std::size_t v = 0; v < V; ++v) sums[v] = load(from + v * kLanes);
}
template <std::size_t V>
HWY_INLINE void store_all(const Floats (&sums)[V], float* to) {
    for (std::size_t v = 0; v < V; ++v) store(sums[v], to + v * kLanes);
}

/// Calls work(integral_constant V) for a panel of `vectors` <= kPanelVectors.
template <class Work>
HWY_INLINE void with_vectors(std::size_t vectors, Work&& work) {
    switch (vectors) {
        case 1:
            return work(std::integral_constant<std::size_t, 1>());
        case 2:
            return work(std::integral_constant<std::size_t, 2>());
        case 3:
            return work(std::integral_constant<std::size_t, 3>());
        case 4:
            return work(std::integral_constant<std::size_t, 4>());
        case 5:
            return work(std::integral_constant<std::size_t, 5>());
        case 6:
            return work(std::integral_constant<std::size_t, 6>());
        case 7:
            return work(std::integral_constant<std::size_t, 7>());
        default:
            return work(std::integral_constant<std::size_t, kPanelVectors>());
    }
}

HWY_INLINE std::size_t vectors_of(std::size_t columns) {
    return (columns + 15) / 16 * (16 / kLanes);
}

/// A block of 4 x 4, in registers.
HWY_INLINE void transpose_block(const float* from, std::size_t from_stride, float* to, std::size_t to_stride) {
#if HWY_TARGET == HWY_SCALAR
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) to[j * to_stride + i] = from[i * from_stride + j];
    }
#else
    const hn::FixedTag<float, 4> floats;
    const hn::FixedTag<std::uint64_t, 2> pairs;
    const auto row0 = hn::Load(floats, from);
    const auto row1 = hn::Load(floats, from + from_stride);
    const auto row2 = hn::Load(floats, from + 2 * from_stride);
    const auto row3 = hn::Load(floats, from + 3 * from_stride);
    const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(floats, row0, row1));
    const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(floats, row2, row3));
    const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(floats, row0, row1));
    const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(floats, row2, row3));
    hn::Store(hn::BitCast(floats, hn::InterleaveLower(pairs, low01, low23)), floats, to);
    hn::Store(hn::BitCast(floats, hn::InterleaveUpper(pairs, low01, low23)), floats, to + to_stride);
    hn::Store(hn::BitCast(floats, hn::InterleaveLower(pairs, high01, high23)), floats, to + 2 * to_stride);
    hn::Store(hn::BitCast(floats, hn::InterleaveUpper(pairs, high01, high23)), floats, to + 3 * to_stride);
#endif
}

/// 64 rows at a time, so that the cache lines that are written are written whole. The result has `padded` columns, the
/// last ones zero.
HWY_INLINE void transpose(ConstMatrix from, Matrix to, std::size_t padded) {
    constexpr std::size_t kRows = 64;
    for (std::size_t first = 0; first < from.rows; first += kRows) {
        const std::size_t end = std::min(first + kRows, from.rows);
        for (std::size_t j = 0; j < from.columns; j += 4) {
            std::size_t i = first;
            for (; i + 4 <= end && j + 4 <= from.columns; i += 4) {
                transpose_block(from.data + i * from.stride + j, from.stride, to.data + j * to.stride + i, to.stride);
            }
            for (; i < end; ++i) {
                for (std::size_t column = j; column < std::min(j + 4, from.columns); ++column) {
                    to.data[column * to.stride + i] = from.data[i * from.stride + column];
                }
            }
        }
    }
    for (std::size_t j = 0; j < from.columns; ++j) {
        std::fill(to.data + j * to.stride + from.rows, to.data + j * to.stride + padded, 0.0f);
    }
}

/// The rows of B, of which 64 at a time are a block, for one panel of C = A B.
template <std::size_t V>
struct Rows {
    ConstMatrix b;
    std::size_t column;

    std::size_t count() const { return b.rows; }
    std::size_t stride() const { return b.stride; }
    HWY_INLINE const float* block(std::size_t word) const { return b.data + 64 * word * b.stride + column; }
    HWY_INLINE void prefetch(std::size_t row) const {
        for (std::size_t v = 0; v < V; ++v) hwy::Prefetch(b.data + row * b.stride + column + v * kLanes);
    }
};

/// The same for C = A B^T: the columns of B, which are turned block by block.
template <std::size_t V>
struct Columns {
    ConstMatrix b;
    std::size_t column;  ///< of C, which is a row of B
    float* turned;       ///< [64, kPanel]

    std::size_t count() const { return b.columns; }
    std::size_t stride() const { return kPanel; }
    /// A panel of few lanes may have nothing but padding.
    std::size_t rows() const { return std::min(V * kLanes, b.rows - std::min(column, b.rows)); }
    HWY_INLINE const float* block(std::size_t word) const {
        const std::size_t columns = std::min<std::size_t>(64, b.columns - 64 * word);
        transpose({b.data + column * b.stride + 64 * word, rows(), columns, b.stride},
                  {turned, columns, rows(), kPanel}, V * kLanes);
        return turned;
    }
    /// For each of 64 rows of B^T a share of what its block needs.
    HWY_INLINE void prefetch(std::size_t row) const {
        const std::size_t share = (rows() + 63) / 64;
        const std::size_t first = row % 64 * share;
        for (std::size_t i = first; i < std::min(first + share, rows()); ++i) {
            for (std::size_t j = 0; j < 64; j += 16) {
                hwy::Prefetch(b.data + (column + i) * b.stride + row / 64 * 64 + j);
            }
        }
    }
};

/// One panel of C. B goes by in blocks of 64 rows, which stay in the first-level cache while all rows of A pass over
/// them; meanwhile the next block is fetched. Not inline: its loops need all the registers.
template <std::size_t V, class Blocks>
HWY_NOINLINE void multiply_panel(const SparseMatrix<const float>& a, const Blocks& blocks, Matrix c,
                                 std::size_t column) {
    const std::size_t words = a.nonzeros.row_words();
    for (std::size_t word = 0; word < words; ++word) {
        const float* block = blocks.block(word);
        const std::size_t next = 64 * (word + 1);
        const std::size_t next_rows = word + 1 < words ? std::min<std::size_t>(64, blocks.count() - next) : 0;
        const std::size_t stride = blocks.stride();
        const auto values = [&](std::size_t i) { return a.values.data + i * a.values.stride + 64 * word; };
        const auto out = [&](std::size_t i) { return c.data + i * c.stride + column; };
        const auto begin = [&](std::size_t i, Floats(&sums)[V]) HWY_ATTR {
            for (std::size_t j = i; j < next_rows; j += c.rows) blocks.prefetch(next + j);
            if (word == 0) {
                set_zero(sums);
            } else {
                load_all(out(i), sums);
            }
        };
        for (std::size_t i = 0; i < c.rows; i += kTwoRows ? 2 : 1) {
            Floats sums[V];
            begin(i, sums);
            std::uint64_t bits = a.nonzeros.row(i)[word];
            if (kTwoRows && i + 1 < c.rows) {
                // Of two rows term by term, so that one need not wait for its own last one.
                Floats others[V];
                begin(i + 1, others);
                std::uint64_t other_bits = a.nonzeros.row(i + 1)[word];
                for (int n = std::min(std::popcount(bits), std::popcount(other_bits)); n > 0; --n) {
                    add_term(bits, values(i), 1, block, stride, sums);
                    add_term(other_bits, values(i + 1), 1, block, stride, others);
                }
                add_terms(other_bits, values(i + 1), 1, block, stride, others);
                store_all(others, out(i + 1));
            }
            add_terms(bits, values(i), 1, block, stride, sums);
            store_all(sums, out(i));
        }
    }
}

std::size_t count_bits(std::span<const std::uint64_t> words) {
    std::size_t bits = 0;
    for (const std::uint64_t word : words) bits += static_cast<std::size_t>(std::popcount(word));
    return bits;
}

/// Calls work(integral_constant V, first column) for each panel of C.
template <class Work>
HWY_INLINE void for_each_panel(const Matrix& c, Work&& work) {
    const std::size_t vectors = vectors_of(c.columns);
    for (std::size_t v = 0; v < vectors; v += kPanelVectors) {
        with_vectors(std::min(kPanelVectors, vectors - v), [&](auto count) HWY_ATTR { work(count, v * kLanes); });
    }
}

void multiply_sparse(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c) {
    for_each_panel(c, [&](auto count, std::size_t column) HWY_ATTR {
        multiply_panel<count()>(a, Rows<count()>{b, column}, c, column);
    });
}

/// @param turned  of a block
void multiply_transposed_sparse(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, float* turned) {
    for_each_panel(c, [&](auto count, std::size_t column) HWY_ATTR {
        multiply_panel<count()>(a, Columns<count()>{b, column, turned}, c, column);
    });
}

/// Rows of C by vectors, as many chains as the registers hold: each row of B is loaded once for all of them.
constexpr std::size_t kTileVectors = HWY_TARGET == HWY_AVX2 ? 2 : 4;
template <std::size_t V>
constexpr std::size_t kTileRows = std::min<std::size_t>(6 * kTileVectors / V, 12);

/// A tile's chains over k = 0 ... count - 1, no term left out.
/// @param a  of row 0 and k = 0
template <std::size_t R, std::size_t V>
HWY_INLINE void add_all_terms(std::size_t count, const float* a, std::size_t row_stride, std::size_t k_stride,
                              const float* b, std::size_t b_stride, Floats (&sums)[R][V]) {
    for (std::size_t k = 0; k < count; ++k) {
        Floats row[V];
        load_all(b + k * b_stride, row);
        for (std::size_t r = 0; r < R; ++r) {
            const Floats factor = all(a[r * row_stride + k * k_stride]);
            for (std::size_t v = 0; v < V; ++v) sums[r][v] = fma(factor, row[v], sums[r][v]);
        }
    }
}

/// Calls work(integral_constant R, integral_constant V) for a tile of at most kTileRows<V> x kTileVectors.
template <class Work>
HWY_INLINE void with_tile(std::size_t rows, std::size_t vectors, Work&& work) {
    with_vectors(vectors, [&](auto v) HWY_ATTR {
        constexpr std::size_t kV = std::min<std::size_t>(v(), kTileVectors);
        if (rows >= kTileRows<kV>) {
            work(std::integral_constant<std::size_t, kTileRows<kV>>(), std::integral_constant<std::size_t, kV>());
        } else {
            work(std::integral_constant<std::size_t, 1>(), std::integral_constant<std::size_t, kV>());
        }
    });
}

void multiply_dense(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c) {
    const std::size_t vectors = vectors_of(c.columns);
    for (std::size_t v = 0; v < vectors; v += kTileVectors) {
        for (std::size_t i = 0; i < c.rows;) {
            with_tile(c.rows - i, std::min(kTileVectors, vectors - v), [&](auto rows, auto width) HWY_ATTR {
                Floats sums[rows()][width()];
                for (auto& row : sums) set_zero(row);
                add_all_terms(b.rows, a.values.data + i * a.values.stride, a.values.stride, 1, b.data + v * kLanes,
                              b.stride, sums);
                for (std::size_t r = 0; r < rows(); ++r) {
                    store_all(sums[r], c.data + (i + r) * c.stride + v * kLanes);
                }
                i += rows();
            });
        }
    }
}

/// @param turned  [b.columns, padded_stride(b.rows)]
void multiply_transposed_dense(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, float* turned) {
    const Matrix whole(turned, b.columns, b.rows, padded_stride(b.rows));
    transpose(b, whole, vectors_of(b.rows) * kLanes);
    multiply_dense(a, whole, c);
}

/// Rows of the sums that are made leaf by leaf before the next ones: few enough that they and the pending sums stay in
/// the second-level cache, and as many as possible for each time that a leaf's rows of B come into the first.
constexpr std::size_t kSumRows = 128;

/// Where the sums of one slot lie: row i of a block at data + i * stride.
struct Slot {
    float* data = nullptr;
    std::size_t stride = 0;
    HWY_INLINE float* row(std::size_t i) const { return data + i * stride; }
};

/// What happens to the chains of a leaf: the sums of these slots are added, the last one takes the result.
struct LeafMerge {
    std::array<Slot, 64> slots;  // a tree over so many leaves has 2^64 of them
    std::size_t first = 0;
    std::size_t additions = 0;
    Slot result;

    void skip_first() { first = 1; }
    template <std::size_t V>
    HWY_INLINE void finish(std::size_t row, Floats (&sums)[V]) const {
        for (std::size_t i = first; i < additions; ++i) {
            const float* pending = slots[i].row(row);
            for (std::size_t v = 0; v < V; ++v) sums[v] = hn::Add(load(pending + v * kLanes), sums[v]);
        }
        store_all(sums, result.row(row));
    }
};

/// The operands of a leaf for some rows of the sums.
struct LeafTerms {
    const std::uint64_t* words;  ///< of the leaf in the bitmap, for the first of these rows
    const float* a;              ///< of the first row of the sums, which is a column of A, in the first row of the leaf
    const float* b;              ///< the first row of the leaf, from the first column of a panel
};

struct LeafStrides {
    std::size_t words;  ///< in the bitmap, from one row of the sums to the next
    std::size_t a, b;   ///< from one row of the leaf to the next
    std::size_t leaf_words;
};

/// The chains of one leaf, or of two that the tree adds at once, which then needs no memory. Not inline: its loops need
/// all the registers.
template <std::size_t V, bool kPair>
HWY_NOINLINE void sum_leaves_sparse(std::size_t rows, LeafTerms left, LeafTerms right, const LeafStrides& strides,
                                    const LeafMerge& merge) {
    const std::size_t a_stride = strides.a, b_stride = strides.b, leaf_words = strides.leaf_words;
    const auto add_leaf = [&](const LeafTerms& leaf, std::size_t row, Floats(&chains)[V]) HWY_ATTR {
        const std::uint64_t* words = leaf.words + row * strides.words;
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
        merge.finish(row, chains);
    }
}

/// A tile's chains of one leaf, no term left out.
template <std::size_t R, std::size_t V>
HWY_NOINLINE void sum_leaf_dense(std::size_t leaf_rows, std::size_t row, const LeafTerms& leaf,
                                 const LeafStrides& strides, const LeafMerge& merge) {
    Floats chains[R][V];
    for (auto& each : chains) set_zero(each);
    add_all_terms(leaf_rows, leaf.a + row, 1, strides.a, leaf.b, strides.b, chains);
    for (std::size_t r = 0; r < R; ++r) merge.finish(row + r, chains[r]);
}

/// Whether the tree adds the sums of this leaf and the next one before all else.
HWY_INLINE bool is_pair(const LocalReductionPlan& merge, std::size_t leaf) {
    if (leaf + 1 == merge.leaves.size() || !merge.leaves[leaf].additions.empty()) return false;
    const auto& additions = merge.leaves[leaf + 1].additions;
    return !additions.empty() && additions.front().into == merge.leaves[leaf].slot;
}

template <bool kSkip>
HWY_INLINE void multiply_leaves_by(ConstMatrix a, ConstBitmap columns, std::size_t leaf_bits, ConstMatrix b,
                                   std::span<const Range> leaves, const LocalReductionPlan& merge,
                                   std::span<const Matrix> sums, std::span<float> scratch) {
    constexpr std::size_t kWidth = kSkip ? kPanelVectors : kTileVectors;
    const std::size_t vectors = vectors_of(b.columns);
    const LeafStrides strides{columns.row_words(), a.stride, b.stride, leaf_bits / 64};
    for (std::size_t v = 0; v < vectors; v += kWidth) {
        const std::size_t column = v * kLanes;
        for (std::size_t k = 0; k < a.columns; k += kSumRows) {
            const std::size_t rows = std::min(kSumRows, a.columns - k);
            const auto slot = [&](std::size_t s) {
                if (s < sums.size()) return Slot{sums[s].data + k * sums[s].stride + column, sums[s].stride};
                return Slot{scratch.data() + (s - sums.size()) * kSumRows * kPanel, kPanel};
            };
            const auto terms = [&](std::size_t l) {
                return LeafTerms{columns.row(k) + l * strides.leaf_words, a.data + leaves[l].begin * a.stride + k,
                                 b.data + leaves[l].begin * b.stride + column};
            };
            for (std::size_t l = 0; l < leaves.size(); ++l) {
                const bool pair = kSkip && is_pair(merge, l);
                const LeafTerms left = terms(l);
                if (pair) ++l;
                LeafMerge leaf;
                leaf.result = slot(merge.leaves[l].slot);
                for (const auto [into, from] : merge.leaves[l].additions) {
                    leaf.result = leaf.slots[leaf.additions++] = slot(into);
                }
                if (pair) leaf.skip_first();
                if constexpr (kSkip) {
                    with_vectors(std::min(kWidth, vectors - v), [&](auto width) HWY_ATTR {
                        if (pair) {
                            sum_leaves_sparse<width(), true>(rows, left, terms(l), strides, leaf);
                        } else {
                            sum_leaves_sparse<width(), false>(rows, left, left, strides, leaf);
                        }
                    });
                } else {
                    std::size_t row = 0;
                    while (row < rows) {
                        with_tile(rows - row, std::min(kWidth, vectors - v), [&](auto count, auto width) HWY_ATTR {
                            sum_leaf_dense<count(), width()>(leaves[l].size(), row, left, strides, leaf);
                            row += count();
                        });
                    }
                }
            }
        }
    }
}

void multiply_leaves_sparse(ConstMatrix a, ConstBitmap columns, std::size_t leaf_bits, ConstMatrix b,
                            std::span<const Range> leaves, const LocalReductionPlan& merge,
                            std::span<const Matrix> sums, std::span<float> scratch) {
    multiply_leaves_by<true>(a, columns, leaf_bits, b, leaves, merge, sums, scratch);
}

void multiply_leaves_dense(ConstMatrix a, ConstBitmap columns, std::size_t leaf_bits, ConstMatrix b,
                           std::span<const Range> leaves, const LocalReductionPlan& merge, std::span<const Matrix> sums,
                           std::span<float> scratch) {
    multiply_leaves_by<false>(a, columns, leaf_bits, b, leaves, merge, sums, scratch);
}

std::size_t panel_floats() {
    return kSumRows * kPanel;
}

std::size_t block_floats() {
    return 64 * kPanel;
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::linalg {
namespace {

HWY_EXPORT(count_bits);
HWY_EXPORT(multiply_sparse);
HWY_EXPORT(multiply_dense);
HWY_EXPORT(multiply_transposed_sparse);
HWY_EXPORT(multiply_transposed_dense);
HWY_EXPORT(multiply_leaves_sparse);
HWY_EXPORT(multiply_leaves_dense);
HWY_EXPORT(panel_floats);
HWY_EXPORT(block_floats);

Zeros zeros_in_force = Zeros::by_density;

/// Above this share of non-zeros, or for so few columns, the dense kernels are faster, see bench/kernels.
constexpr double kDense = 0.7;
constexpr std::size_t kNarrow = 16;

/// @param columns  of the result
bool skips(std::span<const std::uint64_t> words, std::size_t elements, std::size_t columns) {
    if (zeros_in_force != Zeros::by_density) return zeros_in_force == Zeros::skip;
    if (columns <= kNarrow) return false;
    const auto nonzeros = static_cast<double>(HWY_DYNAMIC_DISPATCH(count_bits)(words));
    return nonzeros <= kDense * static_cast<double>(elements);
}

}  // namespace

void set_zeros(Zeros zeros) {
    zeros_in_force = zeros;
}

void choose_kernels() {
    choose_simd();
    const char* text = std::getenv("DROPSWEEP_ZEROS");
    const std::string_view wanted = text == nullptr ? "" : text;
    if (wanted.empty()) return set_zeros(Zeros::by_density);
    if (wanted != "skip" && wanted != "multiply") {
        throw Error(ExitCode::usage, "DROPSWEEP_ZEROS: neither skip nor multiply; leave it unset");
    }
    set_zeros(wanted == "skip" ? Zeros::skip : Zeros::multiply);
}

void remove_tiny(std::span<float> values) {
    for (float& value : values) {
        if (std::abs(value) < 0x1p-40f) value = 0;
    }
}

void multiply(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c) {
    assert(a.values.rows == c.rows && a.values.columns == b.rows && b.columns == c.columns);
    assert(a.nonzeros.rows == c.rows && a.nonzeros.columns == b.rows);
    if (skips(a.nonzeros.all(), c.rows * b.rows, c.columns)) {
        HWY_DYNAMIC_DISPATCH(multiply_sparse)(a, b, c);
    } else {
        HWY_DYNAMIC_DISPATCH(multiply_dense)(a, b, c);
    }
}

void multiply_transposed(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, FloatBuffer& scratch) {
    assert(a.values.rows == c.rows && a.values.columns == b.columns && b.rows == c.columns);
    assert(a.nonzeros.rows == c.rows && a.nonzeros.columns == b.columns);
    // For either kernel, as density may change from step to step, and no step may ask for memory.
    const std::size_t needed = std::max(HWY_DYNAMIC_DISPATCH(block_floats)(), b.columns * padded_stride(b.rows));
    if (scratch.size() < needed) scratch = FloatBuffer(needed);
    if (skips(a.nonzeros.all(), c.rows * b.columns, c.columns)) {
        HWY_DYNAMIC_DISPATCH(multiply_transposed_sparse)(a, b, c, scratch.data());
    } else {
        HWY_DYNAMIC_DISPATCH(multiply_transposed_dense)(a, b, c, scratch.data());
    }
}

std::size_t leaf_sum_scratch(const LocalReductionPlan& merge) {
    return (merge.slots - merge.nodes.size()) * HWY_DYNAMIC_DISPATCH(panel_floats)();
}

void multiply_leaves(ConstMatrix a, ConstBitmap columns, std::size_t leaf_bits, ConstMatrix b,
                     std::span<const Range> leaves, const LocalReductionPlan& merge, std::span<const Matrix> sums,
                     std::span<float> scratch) {
    assert(a.rows == b.rows && columns.rows == a.columns && columns.columns == leaves.size() * leaf_bits);
    assert(merge.leaves.size() == leaves.size() && sums.size() == merge.nodes.size());
    assert(scratch.size() >= leaf_sum_scratch(merge));
    if (skips(columns.all(), a.rows * a.columns, b.columns)) {
        HWY_DYNAMIC_DISPATCH(multiply_leaves_sparse)(a, columns, leaf_bits, b, leaves, merge, sums, scratch);
    } else {
        HWY_DYNAMIC_DISPATCH(multiply_leaves_dense)(a, columns, leaf_bits, b, leaves, merge, sums, scratch);
    }
}

}  // namespace dropsweep::linalg
#endif
