// Benchmarks of the bandwidth of the core's caches and of its memory.

#include <cstring>
#include <string>

#include "kernels.hpp"

namespace dropsweep::bench {
namespace {

#if defined(__x86_64__) && !defined(__clang__)
#define WITH_WIDE_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WITH_WIDE_VECTORS
#endif

/// a = b + s c. Source: McCalpin's STREAM, triad.
WITH_WIDE_VECTORS void triad(float* __restrict a, const float* __restrict b, const float* __restrict c, float s,
                             std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) a[i] = b[i] + s * c[i];
}

/// a = s a, in place as most elementwise kernels: the fewest cache lines for the bytes moved.
WITH_WIDE_VECTORS void scale(float* a, float s, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) a[i] *= s;
}

/// Registers the three kernels over arrays of together so many bytes.
void add(const std::string& level, std::size_t bytes) {
    const std::size_t size = bytes / (3 * sizeof(float));
    benchmark::RegisterBenchmark(("memory/scale/" + level).c_str(), [=](benchmark::State& state) {
        linalg::FloatBuffer a(3 * size);
        for (auto _ : state) {
            scale(a.data(), -1.0f, a.size());
            benchmark::ClobberMemory();
        }
        set_cost(state, {.operations = static_cast<double>(a.size()),
                         .bytes = float_bytes(2 * a.size()),
                         .footprint = float_bytes(a.size())});
    });
    benchmark::RegisterBenchmark(("memory/copy/" + level).c_str(), [=](benchmark::State& state) {
        linalg::FloatBuffer a(3 * size / 2);
        linalg::FloatBuffer b(3 * size / 2);
        for (auto _ : state) {
            std::memcpy(a.data(), b.data(), a.size() * sizeof(float));
            benchmark::ClobberMemory();
        }
        set_cost(state, {.bytes = float_bytes(2 * a.size()), .footprint = float_bytes(3 * size)});
    });
    benchmark::RegisterBenchmark(("memory/triad/" + level).c_str(), [=](benchmark::State& state) {
        linalg::FloatBuffer a(size);
        linalg::FloatBuffer b(size);
        linalg::FloatBuffer c(size);
        for (auto _ : state) {
            triad(a.data(), b.data(), c.data(), 0.5f, size);
            benchmark::ClobberMemory();
        }
        set_cost(state, {.operations = 2.0 * static_cast<double>(size),
                         .bytes = float_bytes(3 * size),
                         .footprint = float_bytes(3 * size)});
    });
}

/// The size of the data cache of a level, as the system reports it.
std::size_t cache_bytes(int level, std::size_t otherwise) {
    for (const auto& cache : benchmark::CPUInfo::Get().caches) {
        if (cache.level == level && cache.type != "Instruction") return static_cast<std::size_t>(cache.size);
    }
    return otherwise;
}

}  // namespace

void register_memory() {
    const std::size_t l1 = cache_bytes(1, std::size_t{32} << 10);
    const std::size_t l2 = cache_bytes(2, std::size_t{1} << 20);
    const std::size_t l3 = cache_bytes(3, std::size_t{32} << 20);
    benchmark::AddCustomContext("l1_bytes", std::to_string(l1));
    benchmark::AddCustomContext("l2_bytes", std::to_string(l2));
    benchmark::AddCustomContext("l3_bytes", std::to_string(l3));
    add("l1", l1 / 2);
    add("l2", l2 / 2);
    add("l3", std::max(l3 / 4, 2 * l2));
    add("dram", 4 * l3);
}

}  // namespace dropsweep::bench
