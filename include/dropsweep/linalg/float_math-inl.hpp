// exp and log of vectors, made of IEEE 754 operations alone, so that they have the same bits everywhere.
#if defined(DROPSWEEP_LINALG_FLOAT_MATH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef DROPSWEEP_LINALG_FLOAT_MATH_INL
#undef DROPSWEEP_LINALG_FLOAT_MATH_INL
#else
#define DROPSWEEP_LINALG_FLOAT_MATH_INL
#endif

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

/// e^x for x <= 0, and 0 where x < -80 (so that no quotient by a sum of 256 is denormal); NaN stays. Within 1 ulp.
/// x = n ln 2 + r, |r| <= ln 2 / 2; e^r by a polynomial. Of the two steps that give r the first is exact.
/// Source: Cody, Waite (1980), Software Manual for the Elementary Functions; coefficients of Cephes, expf.
HWY_INLINE Floats exp_of_negative(Floats x) {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> integers;
    const Floats magic = all(0x1.8p23f);  // adding it rounds to an integer, which is then in the lowest bits
    const Floats shifted = fma(x, all(1.44269504088896341f), magic);
    const Floats n = hn::Sub(shifted, magic);
    Floats r = fma(n, all(-0.693359375f), x);
    r = fma(n, all(2.12194440e-4f), r);
    Floats p = all(1.9875691500e-4f);
    p = fma(p, r, all(1.3981999507e-3f));
    p = fma(p, r, all(8.3334519073e-3f));
    p = fma(p, r, all(4.1665795894e-2f));
    p = fma(p, r, all(1.6666665459e-1f));
    p = fma(p, r, all(5.0000001201e-1f));
    p = fma(p, r, all(1.0f));
    p = fma(p, r, all(1.0f));
    const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::BitCast(integers, shifted), hn::Set(integers, 127)));
    const Floats result = hn::Mul(p, hn::BitCast(d, exponent));
    return hn::IfThenElse(hn::Lt(x, all(-80.0f)), hn::Zero(d), hn::IfThenElse(hn::Eq(x, x), result, x));
}

/// ln x for finite x >= 2^-126; NaN stays. Within 1 ulp.
/// x = 2^n m, sqrt(1/2) <= m < sqrt(2); ln m by a polynomial in m - 1.
/// Source: coefficients of Cephes, logf.
HWY_INLINE Floats log_of_normal(Floats x) {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> integers;
    const auto bits = hn::BitCast(integers, x);
    // 0x3f3504f3 is sqrt(1/2): relative to it the exponent bits are n.
    const auto offset = hn::Sub(bits, hn::Set(integers, 0x3f3504f3));
    const Floats n = hn::ConvertTo(d, hn::ShiftRight<23>(offset));
    const auto mantissa = hn::Add(hn::And(offset, hn::Set(integers, 0x007fffff)), hn::Set(integers, 0x3f3504f3));
    const Floats f = hn::Sub(hn::BitCast(d, mantissa), all(1.0f));
    const Floats square = hn::Mul(f, f);
    Floats p = all(7.0376836292e-2f);
    p = fma(p, f, all(-1.1514610310e-1f));
    p = fma(p, f, all(1.1676998740e-1f));
    p = fma(p, f, all(-1.2420140846e-1f));
    p = fma(p, f, all(1.4249322787e-1f));
    p = fma(p, f, all(-1.6668057665e-1f));
    p = fma(p, f, all(2.0000714765e-1f));
    p = fma(p, f, all(-2.4999993993e-1f));
    p = fma(p, f, all(3.3333331174e-1f));
    Floats y = hn::Mul(hn::Mul(p, f), square);
    y = fma(n, all(-2.12194440e-4f), y);
    y = fma(square, all(-0.5f), y);
    y = hn::Add(f, y);
    return hn::IfThenElse(hn::Eq(x, x), fma(n, all(0.693359375f), y), x);
}

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
