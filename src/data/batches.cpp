#include "dropsweep/data/batches.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

#include "dropsweep/core/philox.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/batches.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/core/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::data::HWY_NAMESPACE {

using namespace core::HWY_NAMESPACE;

/// @param pixels  [features], padded with zeros to whole lines of x
template <class T>
HWY_INLINE void scale_row(const std::uint8_t* pixels, std::size_t features, T* x, std::uint64_t* nonzeros) {
    const hn::Rebind<std::uint8_t, FloatTag> bytes;
    const hn::RebindToSigned<FloatTag> integers;
    for_each_vector(
        features,
        [&](std::size_t j) HWY_ATTR {
            const auto whole = hn::PromoteTo(integers, hn::LoadU(bytes, pixels + j));
            const Floats value = hn::Div(hn::ConvertTo(FloatTag(), whole), all(255.0f));
            store(value, x + j);
            return bits_of(is_nonzero(value));
        },
        [&](std::size_t word, std::uint64_t set) { nonzeros[word] = set; });
}

void scale_float(const std::uint8_t* pixels, std::size_t features, float* x, std::uint64_t* nonzeros) {
    scale_row(pixels, features, x, nonzeros);
}
void scale_bfloat16(const std::uint8_t* pixels, std::size_t features, core::BFloat16* x, std::uint64_t* nonzeros) {
    scale_row(pixels, features, x, nonzeros);
}

}  // namespace dropsweep::data::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::data {
namespace {

HWY_EXPORT(scale_float);
HWY_EXPORT(scale_bfloat16);

}  // namespace

std::vector<std::uint32_t> file_order(std::size_t count) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    return order;
}

std::vector<std::uint32_t> shuffled_order(std::size_t count, std::uint64_t seed, std::uint32_t epoch) {
    std::vector<std::uint32_t> order = file_order(count);
    core::PhiloxSequence numbers({seed, core::Purpose::shuffle, 0, epoch}, 0);
    for (std::size_t last = count; last > 1; --last) {
        std::swap(order[last - 1], order[numbers.below(static_cast<std::uint32_t>(last))]);
    }
    return order;
}

template <class T>
void gather(const Samples& samples, std::span<const std::uint32_t> chosen, const core::SparseMatrix<T>& x,
            std::span<std::uint8_t> labels) {
    assert(x.values.rows == chosen.size() && x.values.columns == samples.features && labels.size() == chosen.size());
    // Vectors read and write whole lines: what is behind a sample is another one's, and has to be zero in x.
    const std::size_t padded = (samples.features + 15) / 16 * 16;
    thread_local std::vector<std::uint8_t> pixels;
    pixels.resize(std::max(pixels.size(), padded));
    std::fill(pixels.begin() + static_cast<std::ptrdiff_t>(samples.features), pixels.end(), std::uint8_t{0});
    const auto prefetch = [&](std::size_t i) {
        const std::uint8_t* from = samples.pixels.data() + chosen[i] * samples.features;
        for (std::size_t byte = 0; byte < samples.features; byte += 64) hwy::Prefetch(from + byte);
    };
    constexpr std::size_t kAhead = 8;  // rows: they lie anywhere in memory
    for (std::size_t i = 0; i < std::min(kAhead, chosen.size()); ++i) prefetch(i);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (i + kAhead < chosen.size()) prefetch(i + kAhead);
        const std::size_t sample = chosen[i];
        const std::uint8_t* from = samples.pixels.data() + sample * samples.features;
        if (padded != samples.features) {
            std::copy_n(from, samples.features, pixels.data());
            from = pixels.data();
        }
        if constexpr (std::is_same_v<T, float>) {
            HWY_DYNAMIC_DISPATCH(scale_float)(from, samples.features, x.values.row(i).data(), x.nonzeros.row(i));
        } else {
            HWY_DYNAMIC_DISPATCH(scale_bfloat16)(from, samples.features, x.values.row(i).data(), x.nonzeros.row(i));
        }
        labels[i] = samples.labels[sample];
    }
}

template void gather(const Samples&, std::span<const std::uint32_t>, const core::SparseMatrix<float>&,
                     std::span<std::uint8_t>);
template void gather(const Samples&, std::span<const std::uint32_t>, const core::SparseMatrix<core::BFloat16>&,
                     std::span<std::uint8_t>);

}  // namespace dropsweep::data
#endif
