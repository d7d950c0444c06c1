// Chains of fused multiply-adds in registers: the panels and tiles of a product (Highway includes this once for each
// instruction set).
#if defined(DROPSWEEP_LINALG_CHAINS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef DROPSWEEP_LINALG_CHAINS_INL
#undef DROPSWEEP_LINALG_CHAINS_INL
#else
#define DROPSWEEP_LINALG_CHAINS_INL
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// A panel is as many columns of C as stay in registers while a row of A passes: eight chains hide the latency of the
/// multiply-add.
constexpr std::size_t kPanelVectors = 8;
constexpr std::size_t kPanel = kPanelVectors * kLanes;

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

/// Calls work(integral_constant V) with V = vectors, from 1 to kMost.
template <std::size_t kMost, std::size_t V = 1, class Work>
HWY_INLINE void with_vectors(std::size_t vectors, Work&& work) {
    if constexpr (V < kMost) {
        if (vectors > V) return with_vectors<kMost, V + 1>(vectors, work);
    }
    work(std::integral_constant<std::size_t, V>());
}

/// Calls work(integral_constant V, first column) for the panels of a matrix, V <= kMost vectors wide.
template <std::size_t kMost, class Work>
HWY_INLINE void for_each_panel(std::size_t columns, Work&& work) {
    const std::size_t end = padded_columns(columns);
    for (std::size_t column = 0; column < end; column += kMost * kLanes) {
        with_vectors<kMost>(std::min(kMost, (end - column) / kLanes),
                            [&](auto vectors) HWY_ATTR { work(vectors, column); });
    }
}

/// A tile is as many rows of C, by vectors, as have their chains in registers: each row of B is loaded once for all of
/// them.
constexpr std::size_t kTileVectors = HWY_TARGET == HWY_AVX2 ? 2 : 4;
template <std::size_t V>
constexpr std::size_t kTileRows = std::min<std::size_t>(6 * kTileVectors / V, 12);

/// Calls work(integral_constant R, first row) for the tiles of a panel of V vectors.
template <std::size_t V, class Work>
HWY_INLINE void for_each_tile(std::size_t rows, Work&& work) {
    std::size_t row = 0;
    for (; row + kTileRows<V> <= rows; row += kTileRows<V>) {
        work(std::integral_constant<std::size_t, kTileRows<V>>(), row);
    }
    for (; row < rows; ++row) work(std::integral_constant<std::size_t, 1>(), row);
}

/// A tile's chains over k = 0 ... count - 1, no term left out.
/// @param a       of row 0 and k = 0
/// @param chains  out
template <std::size_t R, std::size_t V>
HWY_INLINE void multiply_tile(std::size_t count, const float* a, std::size_t row_stride, std::size_t k_stride,
                              const float* b, std::size_t b_stride, Floats (&chains)[R][V]) {
    for (auto& row : chains) set_zero(row);
    for (std::size_t k = 0; k < count; ++k) {
        Floats row[V];
        load_all(b + k * b_stride, row);
        for (std::size_t r = 0; r < R; ++r) {
            const Floats factor = all(a[r * row_stride + k * k_stride]);
            for (std::size_t v = 0; v < V; ++v) chains[r][v] = fma(factor, row[v], chains[r][v]);
        }
    }
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
