#include "dropsweep/data/batches.hpp"

#include <numeric>
#include <utility>

#include "dropsweep/core/philox.hpp"
#include "dropsweep/core/simd.hpp"

namespace dropsweep::data {
namespace {

template <class T>
[[gnu::always_inline]] inline void scale_loop(const std::uint8_t* __restrict pixels, std::size_t count,
                                              T* __restrict x) {
    for (std::size_t i = 0; i < count; ++i) core::narrow(static_cast<float>(pixels[i]) / 255.0f, x[i]);
}

DROPSWEEP_SIMD void scale_pixels(const std::uint8_t* pixels, std::size_t count, float* x) {
    scale_loop(pixels, count, x);
}

DROPSWEEP_SIMD void scale_pixels(const std::uint8_t* pixels, std::size_t count, core::BFloat16* x) {
    scale_loop(pixels, count, x);
}

template <class T>
void gather_rows(const Samples& samples, std::span<const std::uint32_t> chosen, core::MatrixView<T> x,
                 std::span<std::uint8_t> labels) {
    assert(x.rows == chosen.size() && x.columns == samples.features && labels.size() == chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const std::size_t sample = chosen[i];
        scale_pixels(samples.pixels.data() + sample * samples.features, samples.features, x.row(i).data());
        labels[i] = samples.labels[sample];
    }
}

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

void gather(const Samples& samples, std::span<const std::uint32_t> chosen, core::Matrix x,
            std::span<std::uint8_t> labels) {
    gather_rows(samples, chosen, x, labels);
}

void gather(const Samples& samples, std::span<const std::uint32_t> chosen, core::Bf16Matrix x,
            std::span<std::uint8_t> labels) {
    gather_rows(samples, chosen, x, labels);
}

}  // namespace dropsweep::data
