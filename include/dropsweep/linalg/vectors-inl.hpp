// The vectors that the kernels are written in, of the instruction set that is being compiled (Highway includes this
// once for each). Only operations that IEEE 754 defines to the last bit.
#if defined(DROPSWEEP_LINALG_VECTORS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef DROPSWEEP_LINALG_VECTORS_INL
#undef DROPSWEEP_LINALG_VECTORS_INL
#else
#define DROPSWEEP_LINALG_VECTORS_INL
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "dropsweep/linalg/bfloat16.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using Floats = hn::Vec<FloatTag>;
using FloatMask = hn::Mask<FloatTag>;

constexpr std::size_t kLanes = hn::MaxLanes(FloatTag());
static_assert(16 % kLanes == 0, "rows are padded to 16 floats");

HWY_INLINE Floats all(float value) {
    return hn::Set(FloatTag(), value);
}
HWY_INLINE Floats load(const float* from) {
    return hn::Load(FloatTag(), from);
}
HWY_INLINE void store(Floats value, float* to) {
    hn::Store(value, FloatTag(), to);
}

/// a b + c, rounded once.
HWY_INLINE Floats fma(Floats a, Floats b, Floats c) {
#if HWY_TARGET == HWY_SCALAR
    return Floats(std::fma(a.raw, b.raw, c.raw));
#elif HWY_TARGET == HWY_EMU128
    for (std::size_t i = 0; i < kLanes; ++i) c.raw[i] = std::fma(a.raw[i], b.raw[i], c.raw[i]);
    return c;
#else
    return hn::MulAdd(a, b, c);
#endif
}

/// Rounded to the nearest, ties to even; NaN stays NaN.
HWY_INLINE void store(Floats value, BFloat16* to) {
    const hn::RebindToSigned<FloatTag> integers;
    const hn::RebindToUnsigned<FloatTag> words;
    const hn::Rebind<std::uint16_t, FloatTag> halves;
    const auto bits = hn::BitCast(words, value);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(words, 1));
    const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(words, 0x7fff)));
    const auto quiet = hn::Or(bits, hn::Set(words, 0x00400000));
    const auto result = hn::IfThenElse(hn::RebindMask(words, hn::Eq(value, value)), rounded, quiet);
    hn::StoreU(hn::DemoteTo(halves, hn::BitCast(integers, hn::ShiftRight<16>(result))), halves,
               reinterpret_cast<std::uint16_t*>(to));
}

/// NaN is not zero. (Highway's Ne says that it is, with some instruction sets.)
HWY_INLINE FloatMask is_nonzero(Floats value) {
    return hn::Not(hn::Eq(value, hn::Zero(FloatTag())));
}

/// Bit i for lane i.
HWY_INLINE std::uint64_t bits_of(FloatMask mask) {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(FloatTag(), mask, bytes);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(bytes); ++i) bits |= std::uint64_t{bytes[i]} << (8 * i);
    return bits;
}

/// The inverse of bits_of.
HWY_INLINE FloatMask mask_of(std::uint64_t bits) {
    std::uint8_t bytes[8];
    for (std::size_t i = 0; i < sizeof(bytes); ++i) bytes[i] = static_cast<std::uint8_t>(bits >> (8 * i));
    return hn::LoadMaskBits(FloatTag(), bytes);
}

/// Of a row that ends on a cache line.
HWY_INLINE std::size_t padded_columns(std::size_t columns) {
    return (columns + 15) / 16 * 16;
}

/// Calls work(column) for each vector of a padded row, and done(word) after those of each 64 columns with the bits that
/// work returned.
template <class Work, class Done>
HWY_INLINE void for_each_vector(std::size_t columns, Work&& work, Done&& done) {
    const std::size_t padded = padded_columns(columns);
    for (std::size_t first = 0; first < padded; first += 64) {
        std::uint64_t bits = 0;
        const std::size_t end = padded - first < 64 ? padded - first : 64;
        for (std::size_t i = 0; i < end; i += kLanes) bits |= work(first + i) << i;
        done(first / 64, bits);
    }
}

/// Values below 2^-40 in magnitude become zero, as operands of products must be (docs/arithmetic.md); NaN stays.
HWY_INLINE Floats without_tiny(Floats value) {
    return hn::IfThenZeroElse(hn::Lt(hn::Abs(value), all(0x1p-40f)), value);
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
