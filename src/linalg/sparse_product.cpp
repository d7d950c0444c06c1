// Products with a left operand that has many zeros, by the kernels for sparse or for dense operands; multiply_leaves()
// has its kernels in leaf_sums-inl.hpp.
#include "dropsweep/linalg/sparse_product.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "dropsweep/linalg/simd.hpp"
#include "dropsweep/text/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "linalg/sparse_product.cpp"
#include <hwy/foreach_target.h>

#include "chains-inl.hpp"
#include "leaf_sums-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// Whether the chains of two rows of A fit into the registers.
constexpr bool kTwoRows = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON;

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

/// The blocks of one panel of C = A B: 64 rows of B each.
template <std::size_t V>
struct RowBlocks {
    ConstMatrix b;
    std::size_t column;

    std::size_t count() const { return b.rows; }
    std::size_t stride() const { return b.stride; }
    HWY_INLINE const float* block(std::size_t word) const { return b.data + 64 * word * b.stride + column; }
    HWY_INLINE void prefetch(std::size_t row) const {
        for (std::size_t v = 0; v < V; ++v) hwy::Prefetch(b.data + row * b.stride + column + v * kLanes);
    }
};

/// The same for C = A B^T: 64 columns of B each, transposed one block at a time.
template <std::size_t V>
struct ColumnBlocks {
    ConstMatrix b;
    std::size_t column;  ///< of C, which is a row of B
    float* transposed;   ///< [64, kPanel]

    std::size_t count() const { return b.columns; }
    std::size_t stride() const { return kPanel; }
    /// A panel of few lanes may have nothing but padding.
    std::size_t rows() const { return std::min(V * kLanes, b.rows - std::min(column, b.rows)); }
    HWY_INLINE const float* block(std::size_t word) const {
        const std::size_t columns = std::min<std::size_t>(64, b.columns - 64 * word);
        transpose({b.data + column * b.stride + 64 * word, rows(), columns, b.stride},
                  {transposed, columns, rows(), kPanel}, V * kLanes);
        return transposed;
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

/// One panel of C, block by block of 64 rows of B, which stay in the first-level cache while all rows of A pass over
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
                // The terms of two rows in turns: half as many wait for the multiply-add before them.
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

void multiply_sparse(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c) {
    for_each_panel<kPanelVectors>(c.columns, [&](auto vectors, std::size_t column) HWY_ATTR {
        multiply_panel<vectors()>(a, RowBlocks<vectors()>{b, column}, c, column);
    });
}

/// @param block  room for a transposed one
void multiply_transposed_sparse(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, float* block) {
    for_each_panel<kPanelVectors>(c.columns, [&](auto vectors, std::size_t column) HWY_ATTR {
        multiply_panel<vectors()>(a, ColumnBlocks<vectors()>{b, column, block}, c, column);
    });
}

void multiply_dense(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c) {
    for_each_panel<kTileVectors>(c.columns, [&](auto vectors, std::size_t column) HWY_ATTR {
        constexpr std::size_t kV = vectors();
        for_each_tile<kV>(c.rows, [&](auto rows, std::size_t i) HWY_ATTR {
            Floats chains[rows()][kV];
            multiply_tile(b.rows, a.values.data + i * a.values.stride, a.values.stride, 1, b.data + column, b.stride,
                          chains);
            for (std::size_t r = 0; r < rows(); ++r) store_all(chains[r], c.data + (i + r) * c.stride + column);
        });
    });
}

/// @param transposed  room for [b.columns, padded_stride(b.rows)]
void multiply_transposed_dense(const SparseMatrix<const float>& a, ConstMatrix b, Matrix c, float* transposed) {
    const Matrix whole(transposed, b.columns, b.rows, padded_stride(b.rows));
    transpose(b, whole, padded_columns(b.rows));
    multiply_dense(a, whole, c);
}

std::size_t count_bits(std::span<const std::uint64_t> words) {
    std::size_t bits = 0;
    for (const std::uint64_t word : words) bits += static_cast<std::size_t>(std::popcount(word));
    return bits;
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
HWY_EXPORT(leaf_slot_floats);

Zeros zeros_in_force = Zeros::by_density;

/// Room for a block that is transposed, with any instruction set.
constexpr std::size_t kBlockFloats = 64 * HWY_NAMESPACE::kPanelVectors * 16;

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
    const std::size_t needed = std::max(kBlockFloats, b.columns * padded_stride(b.rows));
    if (scratch.size() < needed) scratch = FloatBuffer(needed);
    if (skips(a.nonzeros.all(), c.rows * b.columns, c.columns)) {
        HWY_DYNAMIC_DISPATCH(multiply_transposed_sparse)(a, b, c, scratch.data());
    } else {
        HWY_DYNAMIC_DISPATCH(multiply_transposed_dense)(a, b, c, scratch.data());
    }
}

std::size_t leaf_sum_scratch(const LocalReductionPlan& plan) {
    return (plan.slots - plan.nodes.size()) * HWY_DYNAMIC_DISPATCH(leaf_slot_floats)();
}

void multiply_leaves(const LeafProducts& products) {
    const auto& [a, columns, leaf_bits, b, leaves, plan, sums, scratch] = products;
    assert(a.rows == b.rows && columns.rows == a.columns && columns.columns == leaves.size() * leaf_bits);
    assert(plan.leaves.size() == leaves.size() && sums.size() == plan.nodes.size());
    assert(scratch.size() >= leaf_sum_scratch(plan));
    if (skips(columns.all(), a.rows * a.columns, b.columns)) {
        HWY_DYNAMIC_DISPATCH(multiply_leaves_sparse)(products);
    } else {
        HWY_DYNAMIC_DISPATCH(multiply_leaves_dense)(products);
    }
}

}  // namespace dropsweep::linalg
#endif
