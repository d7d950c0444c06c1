// Shuffles, and copies rows of samples as vectors.
#include "dropsweep/data/batches.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "dropsweep/linalg/philox.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/batches.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::data::HWY_NAMESPACE {

using namespace linalg::HWY_NAMESPACE;

HWY_INLINE Floats load_values(const std::uint8_t* pixels) {
    const hn::Rebind<std::uint8_t, FloatTag> bytes;
    const hn::RebindToSigned<FloatTag> integers;
    return hn::Div(hn::ConvertTo(FloatTag(), hn::PromoteTo(integers, hn::LoadU(bytes, pixels))), all(255.0f));
}
HWY_INLINE Floats load_values(const float* numbers) {
    return without_tiny(hn::LoadU(FloatTag(), numbers));
}

/// @param sample  [features], padded with zeros to whole lines of x
template <class From, class T>
HWY_INLINE void put_row(const From* sample, std::size_t features, T* x, std::uint64_t* nonzeros) {
    for_each_vector(
        features,
        [&](std::size_t j) HWY_ATTR {
            const Floats value = load_values(sample + j);
            store(value, x + j);
            return bits_of(is_nonzero(value));
        },
        [&](std::size_t word, std::uint64_t set) { nonzeros[word] = set; });
}

void pixels_to_float(const std::uint8_t* from, std::size_t features, float* x, std::uint64_t* nonzeros) {
    put_row(from, features, x, nonzeros);
}
void pixels_to_bfloat16(const std::uint8_t* from, std::size_t features, linalg::BFloat16* x, std::uint64_t* nonzeros) {
    put_row(from, features, x, nonzeros);
}
void numbers_to_float(const float* from, std::size_t features, float* x, std::uint64_t* nonzeros) {
    put_row(from, features, x, nonzeros);
}
void numbers_to_bfloat16(const float* from, std::size_t features, linalg::BFloat16* x, std::uint64_t* nonzeros) {
    put_row(from, features, x, nonzeros);
}

}  // namespace dropsweep::data::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::data {
namespace {

HWY_EXPORT(pixels_to_float);
HWY_EXPORT(pixels_to_bfloat16);
HWY_EXPORT(numbers_to_float);
HWY_EXPORT(numbers_to_bfloat16);

void put(const std::uint8_t* from, std::size_t features, float* x, std::uint64_t* nonzeros) {
    HWY_DYNAMIC_DISPATCH(pixels_to_float)(from, features, x, nonzeros);
}
void put(const std::uint8_t* from, std::size_t features, linalg::BFloat16* x, std::uint64_t* nonzeros) {
    HWY_DYNAMIC_DISPATCH(pixels_to_bfloat16)(from, features, x, nonzeros);
}
void put(const float* from, std::size_t features, float* x, std::uint64_t* nonzeros) {
    HWY_DYNAMIC_DISPATCH(numbers_to_float)(from, features, x, nonzeros);
}
void put(const float* from, std::size_t features, linalg::BFloat16* x, std::uint64_t* nonzeros) {
    HWY_DYNAMIC_DISPATCH(numbers_to_bfloat16)(from, features, x, nonzeros);
}

/// @param values  [samples, x.values.columns]
template <class From, class T>
void gather_rows(std::span<const From> values, std::span<const std::uint32_t> chosen,
                 const linalg::SparseMatrix<T>& x) {
    const std::size_t features = x.values.columns;
    // Vectors read whole cache lines: a sample that ends inside one is copied first, to have zeros behind it.
    const std::size_t padded = (features + 15) / 16 * 16;
    thread_local std::vector<From> line;
    line.resize(std::max(line.size(), padded));
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(features), line.end(), From{0});
    const auto prefetch = [&](std::size_t i) {
        const From* from = values.data() + chosen[i] * features;
        for (std::size_t j = 0; j < features; j += 64 / sizeof(From)) hwy::Prefetch(from + j);
    };
    constexpr std::size_t kAhead = 8;  // rows, which are scattered in memory
    for (std::size_t i = 0; i < std::min(kAhead, chosen.size()); ++i) prefetch(i);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (i + kAhead < chosen.size()) prefetch(i + kAhead);
        const From* from = values.data() + chosen[i] * features;
        if (padded != features) {
            std::copy_n(from, features, line.data());
            from = line.data();
        }
        put(from, features, x.values.row(i).data(), x.nonzeros.row(i));
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
    linalg::PhiloxSequence numbers({seed, linalg::Purpose::shuffle, 0, epoch}, 0);
    for (std::size_t last = count; last > 1; --last) {
        std::swap(order[last - 1], order[numbers.below(static_cast<std::uint32_t>(last))]);
    }
    return order;
}

template <class T>
void gather(const Samples& samples, std::span<const std::uint32_t> chosen, const linalg::SparseMatrix<T>& x,
            std::span<std::uint8_t> labels) {
    assert(x.values.rows == chosen.size() && x.values.columns == samples.features && labels.size() == chosen.size());
    if (samples.numbers.empty()) {
        gather_rows(samples.pixels, chosen, x);
    } else {
        gather_rows(samples.numbers, chosen, x);
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) labels[i] = samples.labels[chosen[i]];
}

template void gather(const Samples&, std::span<const std::uint32_t>, const linalg::SparseMatrix<float>&,
                     std::span<std::uint8_t>);
template void gather(const Samples&, std::span<const std::uint32_t>, const linalg::SparseMatrix<linalg::BFloat16>&,
                     std::span<std::uint8_t>);

}  // namespace dropsweep::data
#endif
