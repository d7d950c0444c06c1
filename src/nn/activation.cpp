#include "dropsweep/nn/activation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dropsweep/core/simd.hpp"

namespace dropsweep::nn {
namespace {

constexpr std::size_t kUnitsPerBlock = 8;

// The loops are written once for both element types; `ivdep` says that in place is fine: no element depends on another.

template <class T>
[[gnu::always_inline]] inline void bias_relu_loop(const float* z, const float* bias, std::size_t units, T* a) {
#pragma GCC ivdep
    for (std::size_t u = 0; u < units; ++u) {
        const float activation = z[u] + bias[u];
        core::narrow(activation <= 0.0f ? 0.0f : activation, a[u]);
    }
}

template <class T>
[[gnu::always_inline]] inline void bias_relu_dropout_loop(const float* z, const float* bias, const std::uint16_t* bits,
                                                          std::uint32_t threshold, float scale, std::size_t units,
                                                          T* a) {
#pragma GCC ivdep
    for (std::size_t u = 0; u < units; ++u) {
        const float activation = z[u] + bias[u];
        const float factor = bits[u] >= threshold ? scale : 0.0f;
        core::narrow((activation <= 0.0f ? 0.0f : activation) * factor, a[u]);
    }
}

template <class T>
[[gnu::always_inline]] inline void backward_loop(const float* da, const T* a, float scale, float* dbias,
                                                 std::size_t units, T* dz) {
#pragma GCC ivdep
    for (std::size_t u = 0; u < units; ++u) {
        const float gradient = da[u] * (core::widen(a[u]) > 0.0f ? scale : 0.0f);
        core::narrow(gradient, dz[u]);
        dbias[u] += gradient;
    }
}

DROPSWEEP_SIMD void bias_relu_row(const float* z, const float* bias, std::size_t units, float* a) {
    bias_relu_loop(z, bias, units, a);
}

DROPSWEEP_SIMD void bias_relu_row(const float* z, const float* bias, std::size_t units, core::BFloat16* a) {
    bias_relu_loop(z, bias, units, a);
}

DROPSWEEP_SIMD void bias_relu_dropout_row(const float* z, const float* bias, const std::uint16_t* bits,
                                          std::uint32_t threshold, float scale, std::size_t units, float* a) {
    bias_relu_dropout_loop(z, bias, bits, threshold, scale, units, a);
}

DROPSWEEP_SIMD void bias_relu_dropout_row(const float* z, const float* bias, const std::uint16_t* bits,
                                          std::uint32_t threshold, float scale, std::size_t units, core::BFloat16* a) {
    bias_relu_dropout_loop(z, bias, bits, threshold, scale, units, a);
}

DROPSWEEP_SIMD void backward_row(const float* da, const float* a, float scale, float* dbias, std::size_t units,
                                 float* dz) {
    backward_loop(da, a, scale, dbias, units, dz);
}

DROPSWEEP_SIMD void backward_row(const float* da, const core::BFloat16* a, float scale, float* dbias, std::size_t units,
                                 core::BFloat16* dz) {
    backward_loop(da, a, scale, dbias, units, dz);
}

/// The random bits of the units of one row, in room that is kept from call to call.
std::span<const std::uint16_t> row_bits(const core::StreamKey& key, std::uint32_t sample, std::size_t units) {
    const std::size_t whole_blocks = (units + kUnitsPerBlock - 1) / kUnitsPerBlock * kUnitsPerBlock;
    thread_local std::vector<std::uint16_t> bits;
    bits.resize(std::max(bits.size(), whole_blocks));
    core::random_blocks(key, sample, std::span(bits).first(whole_blocks));
    return std::span(bits).first(units);
}

template <class T>
void forward(core::ConstMatrix z, std::span<const float> bias, const Dropout& dropout,
             std::span<const std::uint32_t> samples, core::MatrixView<T> a) {
    assert(bias.size() == z.columns && a.rows == z.rows && a.columns == z.columns);
    if (!dropout.active()) {
        for (std::size_t i = 0; i < z.rows; ++i)
            bias_relu_row(z.row(i).data(), bias.data(), z.columns, a.row(i).data());
        return;
    }
    assert(samples.size() == z.rows);
    for (std::size_t i = 0; i < z.rows; ++i) {
        const std::span<const std::uint16_t> bits = row_bits(dropout.key(), samples[i], z.columns);
        bias_relu_dropout_row(z.row(i).data(), bias.data(), bits.data(), dropout.threshold(), dropout.scale(),
                              z.columns, a.row(i).data());
    }
}

template <class T>
void backward(core::ConstMatrix da, core::MatrixView<const T> a, const Dropout& dropout, std::span<float> dbias,
              core::MatrixView<T> dz) {
    assert(a.rows == da.rows && a.columns == da.columns && dbias.size() == da.columns);
    std::ranges::fill(dbias, 0.0f);
    for (std::size_t i = 0; i < da.rows; ++i) {
        backward_row(da.row(i).data(), a.row(i).data(), dropout.scale(), dbias.data(), da.columns, dz.row(i).data());
    }
}

}  // namespace

Dropout::Dropout(double rate, std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch)
    : key_{seed, core::Purpose::dropout, layer, epoch} {
    constexpr double kRange = 65536.0;
    threshold_ = static_cast<std::uint32_t>(std::min(std::lround(rate * kRange), 65535L));
    scale_ = static_cast<float>(kRange / (kRange - threshold_));
}

void Dropout::random_bits(std::uint32_t sample, std::span<std::uint16_t> bits) const {
    std::ranges::copy(row_bits(key_, sample, bits.size()), bits.begin());
}

void bias_relu_dropout_forward(core::Matrix z, std::span<const float> bias, const Dropout& dropout,
                               std::span<const std::uint32_t> samples) {
    forward(z, bias, dropout, samples, z);
}

void bias_relu_dropout_forward(core::ConstMatrix z, std::span<const float> bias, const Dropout& dropout,
                               std::span<const std::uint32_t> samples, core::Bf16Matrix a) {
    forward(z, bias, dropout, samples, a);
}

void bias_relu_dropout_backward(core::Matrix da, core::ConstMatrix a, const Dropout& dropout, std::span<float> dbias) {
    backward<float>(da, a, dropout, dbias, da);
}

void bias_relu_dropout_backward(core::ConstMatrix da, core::ConstBf16Matrix a, const Dropout& dropout,
                                std::span<float> dbias, core::Bf16Matrix dz) {
    backward<core::BFloat16>(da, a, dropout, dbias, dz);
}

}  // namespace dropsweep::nn
