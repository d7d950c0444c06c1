// Vectorised rows of bias, activation and dropout, and the drawing of dropout masks.
#include "dropsweep/nn/activation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/activation.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::nn::HWY_NAMESPACE {

using namespace linalg::HWY_NAMESPACE;

/// @param bits  the random bits of each unit, or null: no dropout
template <class T>
HWY_INLINE void forward_row(const float* z, const float* bias, const std::uint16_t* bits, std::int32_t threshold,
                            float scale, std::size_t units, T* a, std::uint64_t* nonzeros) {
    const hn::RebindToSigned<FloatTag> integers;
    const hn::Rebind<std::uint16_t, FloatTag> halves;
    for_each_vector(
        units,
        [&](std::size_t u) HWY_ATTR {
            const Floats activation = hn::Mul(hn::Add(load(z + u), load(bias + u)), all(scale));
            // Drops what is negative or too small; keeps NaN.
            FloatMask kept = hn::Not(hn::Lt(activation, all(0x1p-40f)));
            if (bits != nullptr) {
                const auto drawn = hn::PromoteTo(integers, hn::LoadU(halves, bits + u));
                kept = hn::And(kept, hn::RebindMask(FloatTag(), hn::Gt(drawn, hn::Set(integers, threshold - 1))));
            }
            store(hn::IfThenElseZero(kept, activation), a + u);
            return bits_of(kept);
        },
        [&](std::size_t word, std::uint64_t set) { nonzeros[word] = set; });
}

template <class T>
HWY_INLINE void backward_row(const float* da, const std::uint64_t* active, float scale, std::size_t units, float* dbias,
                             T* dz, std::uint64_t* nonzeros) {
    for_each_vector(
        units,
        [&](std::size_t u) HWY_ATTR {
            const Floats scaled = hn::Mul(load(da + u), all(scale));
            const Floats gradient = without_tiny(hn::IfThenElseZero(mask_of(active[u / 64] >> u % 64), scaled));
            store(hn::Add(load(dbias + u), gradient), dbias + u);
            store(gradient, dz + u);
            return bits_of(is_nonzero(gradient));
        },
        [&](std::size_t word, std::uint64_t set) { nonzeros[word] = set; });
}

template <class T>
HWY_INLINE void operand_row(const float* from, std::size_t columns, T* to, std::uint64_t* nonzeros) {
    for_each_vector(
        columns,
        [&](std::size_t j) HWY_ATTR {
            const Floats value = load(from + j);
            store(value, to + j);
            return bits_of(is_nonzero(value));
        },
        [&](std::size_t word, std::uint64_t set) { nonzeros[word] = set; });
}

void forward_float(const float* z, const float* bias, const std::uint16_t* bits, std::int32_t threshold, float scale,
                   std::size_t units, float* a, std::uint64_t* nonzeros) {
    forward_row(z, bias, bits, threshold, scale, units, a, nonzeros);
}
void forward_bfloat16(const float* z, const float* bias, const std::uint16_t* bits, std::int32_t threshold, float scale,
                      std::size_t units, linalg::BFloat16* a, std::uint64_t* nonzeros) {
    forward_row(z, bias, bits, threshold, scale, units, a, nonzeros);
}
void backward_float(const float* da, const std::uint64_t* active, float scale, std::size_t units, float* dbias,
                    float* dz, std::uint64_t* nonzeros) {
    backward_row(da, active, scale, units, dbias, dz, nonzeros);
}
void backward_bfloat16(const float* da, const std::uint64_t* active, float scale, std::size_t units, float* dbias,
                       linalg::BFloat16* dz, std::uint64_t* nonzeros) {
    backward_row(da, active, scale, units, dbias, dz, nonzeros);
}
void operand_float(const float* from, std::size_t columns, float* to, std::uint64_t* nonzeros) {
    operand_row(from, columns, to, nonzeros);
}
void operand_bfloat16(const float* from, std::size_t columns, linalg::BFloat16* to, std::uint64_t* nonzeros) {
    operand_row(from, columns, to, nonzeros);
}

}  // namespace dropsweep::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::nn {
namespace {

HWY_EXPORT(forward_float);
HWY_EXPORT(forward_bfloat16);
HWY_EXPORT(backward_float);
HWY_EXPORT(backward_bfloat16);
HWY_EXPORT(operand_float);
HWY_EXPORT(operand_bfloat16);

template <class T>
constexpr bool kIsFloat = std::is_same_v<T, float>;

/// The random bits of the units of one row, for whole vectors; valid until the thread's next call.
std::span<const std::uint16_t> row_bits(const linalg::StreamKey& key, std::uint32_t sample, std::size_t units) {
    const std::size_t padded = (units + 15) / 16 * 16;
    thread_local std::vector<std::uint16_t> bits;
    bits.resize(std::max(bits.size(), padded));
    linalg::random_blocks(key, sample, std::span(bits).first(padded));
    return bits;
}

}  // namespace

Dropout::Dropout(double rate, std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch, linalg::Purpose purpose)
    : key_{seed, purpose, layer, epoch} {
    constexpr double kRange = 65536.0;
    threshold_ = static_cast<std::uint32_t>(std::min(std::lround(rate * kRange), 65535L));
    scale_ = static_cast<float>(kRange / (kRange - threshold_));
}

void Dropout::random_bits(std::uint32_t sample, std::span<std::uint16_t> bits) const {
    std::ranges::copy(row_bits(key_, sample, bits.size()).first(bits.size()), bits.begin());
}

template <class T>
void hidden_forward(linalg::ConstMatrix z, std::span<const float> bias, const Dropout& dropout,
                    std::span<const std::uint32_t> samples, const linalg::SparseMatrix<T>& a) {
    assert(bias.size() >= z.columns && a.values.rows == z.rows && a.values.columns == z.columns);
    assert(!dropout.active() || samples.size() == z.rows);
    for (std::size_t i = 0; i < z.rows; ++i) {
        const std::uint16_t* bits = dropout.active() ? row_bits(dropout.key(), samples[i], z.columns).data() : nullptr;
        const auto row = [&](auto kernel) {
            kernel(z.row(i).data(), bias.data(), bits, static_cast<std::int32_t>(dropout.threshold()), dropout.scale(),
                   z.columns, a.values.row(i).data(), a.nonzeros.row(i));
        };
        if constexpr (kIsFloat<T>) {
            row(HWY_DYNAMIC_DISPATCH(forward_float));
        } else {
            row(HWY_DYNAMIC_DISPATCH(forward_bfloat16));
        }
    }
}

template <class T>
void hidden_backward(linalg::ConstMatrix da, const std::type_identity_t<linalg::SparseMatrix<const T>>& a,
                     const Dropout& dropout, std::span<float> dbias, const linalg::SparseMatrix<T>& dz) {
    assert(a.nonzeros.rows == da.rows && dz.values.rows == da.rows && dbias.size() >= da.columns);
    std::ranges::fill(dbias, 0.0f);
    for (std::size_t i = 0; i < da.rows; ++i) {
        const auto row = [&](auto kernel) {
            kernel(da.row(i).data(), a.nonzeros.row(i), dropout.scale(), da.columns, dbias.data(),
                   dz.values.row(i).data(), dz.nonzeros.row(i));
        };
        if constexpr (kIsFloat<T>) {
            row(HWY_DYNAMIC_DISPATCH(backward_float));
        } else {
            row(HWY_DYNAMIC_DISPATCH(backward_bfloat16));
        }
    }
}

template <class T>
void drop_inputs(const Dropout& dropout, std::span<const std::uint32_t> samples, const linalg::SparseMatrix<T>& x) {
    assert(samples.size() == x.values.rows);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::span<const std::uint16_t> drawn = row_bits(dropout.key(), samples[i], x.values.columns);
        T* values = x.values.row(i).data();
        std::uint64_t* words = x.nonzeros.row(i);
        for (std::size_t first = 0; first < x.values.columns; first += 64) {
            std::uint64_t& nonzeros = words[first / 64];
            for (std::uint64_t left = nonzeros; left != 0; left &= left - 1) {
                const auto bit = static_cast<std::size_t>(std::countr_zero(left));
                T& value = values[first + bit];
                if (drawn[first + bit] < dropout.threshold()) {
                    value = T{};
                    nonzeros ^= std::uint64_t{1} << bit;
                } else {
                    linalg::narrow(linalg::widen(value) * dropout.scale(), value);
                }
            }
        }
    }
}

template <class T>
void as_operand(linalg::ConstMatrix from, const linalg::SparseMatrix<T>& to) {
    assert(from.rows == to.values.rows && from.columns == to.values.columns);
    for (std::size_t i = 0; i < from.rows; ++i) {
        const auto row = [&](auto kernel) {
            kernel(from.row(i).data(), from.columns, to.values.row(i).data(), to.nonzeros.row(i));
        };
        if constexpr (kIsFloat<T>) {
            row(HWY_DYNAMIC_DISPATCH(operand_float));
        } else {
            row(HWY_DYNAMIC_DISPATCH(operand_bfloat16));
        }
    }
}

template void hidden_forward(linalg::ConstMatrix, std::span<const float>, const Dropout&,
                             std::span<const std::uint32_t>, const linalg::SparseMatrix<float>&);
template void hidden_forward(linalg::ConstMatrix, std::span<const float>, const Dropout&,
                             std::span<const std::uint32_t>, const linalg::SparseMatrix<linalg::BFloat16>&);
template void hidden_backward(linalg::ConstMatrix, const linalg::SparseMatrix<const float>&, const Dropout&,
                              std::span<float>, const linalg::SparseMatrix<float>&);
template void hidden_backward(linalg::ConstMatrix, const linalg::SparseMatrix<const linalg::BFloat16>&, const Dropout&,
                              std::span<float>, const linalg::SparseMatrix<linalg::BFloat16>&);
template void drop_inputs(const Dropout&, std::span<const std::uint32_t>, const linalg::SparseMatrix<float>&);
template void drop_inputs(const Dropout&, std::span<const std::uint32_t>,
                          const linalg::SparseMatrix<linalg::BFloat16>&);
template void as_operand(linalg::ConstMatrix, const linalg::SparseMatrix<float>&);
template void as_operand(linalg::ConstMatrix, const linalg::SparseMatrix<linalg::BFloat16>&);

}  // namespace dropsweep::nn
#endif
