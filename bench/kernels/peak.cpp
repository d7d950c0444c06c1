// Benchmarks of the core's peak arithmetic: multiply-adds of registers, in enough independent chains to hide latency.

#include "kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dropsweep::bench {
namespace {

constexpr std::size_t kRounds = 10'000;  // in a call

__attribute__((target("avx512f"))) void fp32_avx512() {
    __m512 sums[16] = {};
    for (__m512& sum : sums) benchmark::DoNotOptimize(sum);  // keeps the compiler from merging equal chains
    const __m512 a = _mm512_set1_ps(0.5f);
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 16
        for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, a, a);
    }
    for (__m512& sum : sums) benchmark::DoNotOptimize(sum);
}

__attribute__((target("avx2,fma"))) void fp32_avx2() {
    __m256 sums[12] = {};
    for (__m256& sum : sums) benchmark::DoNotOptimize(sum);  // keeps the compiler from merging equal chains
    const __m256 a = _mm256_set1_ps(0.5f);
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, a, a);
    }
    for (__m256& sum : sums) benchmark::DoNotOptimize(sum);
}

/// Without fused multiply-add: one multiplication and one addition.
void fp32_sse() {
    __m128 sums[12] = {};
    for (__m128& sum : sums) benchmark::DoNotOptimize(sum);  // keeps the compiler from merging equal chains
    const __m128 a = _mm_set1_ps(0.5f);
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
        for (__m128& sum : sums) sum = _mm_add_ps(_mm_mul_ps(sum, a), a);
    }
    for (__m128& sum : sums) benchmark::DoNotOptimize(sum);
}

/// Each instruction adds 32 products of pairs to 16 sums.
__attribute__((target("avx512f,avx512bf16"))) void bf16_avx512() {
    __m512 sums[16] = {};
    for (__m512& sum : sums) benchmark::DoNotOptimize(sum);  // keeps the compiler from merging equal chains
    const __m512bh a = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.5f), _mm512_set1_ps(0.5f));
    for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 16
        for (__m512& sum : sums) sum = _mm512_dpbf16_ps(sum, a, a);
    }
    for (__m512& sum : sums) benchmark::DoNotOptimize(sum);
}

/// Asks Linux for permission to use the tile registers. Source: Documentation/arch/x86/xstate.rst.
bool may_use_tiles() {
    constexpr long kRequestPermission = 0x1023;
    constexpr long kTileData = 18;
    return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

/// Eight tiles of 16 rows of 64 bytes: four sums [16, 16], two tiles [16, 32] of the left operand, two of the right
/// one. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, LDTILECFG and TDPBF16PS.
__attribute__((target("amx-tile,amx-bf16"))) void bf16_amx() {
    struct alignas(64) TileConfiguration {
        std::uint8_t palette = 1;
        std::uint8_t start_row = 0;
        std::uint8_t reserved[14] = {};
        std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
        std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    };
    static_assert(sizeof(TileConfiguration) == 64);
    TileConfiguration configuration;
    // GCC 12 takes _tile_loadconfig to read only the first eight bytes, and would not store the others.
    benchmark::DoNotOptimize(configuration);
    _tile_loadconfig(&configuration);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    _tile_zero(4);
    _tile_zero(5);
    _tile_zero(6);
    _tile_zero(7);
    for (std::size_t round = 0; round < kRounds; ++round) {
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_release();
}

void add(const char* name, void (*kernel)(), double operations_of_a_round) {
    benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
        for (auto _ : state) kernel();
        set_cost(state, {.operations = operations_of_a_round * kRounds});
    });
}

}  // namespace

void register_peak() {
    constexpr double kMultiplyAdd = 2;
    if (__builtin_cpu_supports("avx512f")) {
        add("peak/fp32/avx512", fp32_avx512, 16 * 16 * kMultiplyAdd);
    } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        add("peak/fp32/avx2", fp32_avx2, 12 * 8 * kMultiplyAdd);
    } else {
        add("peak/fp32/sse", fp32_sse, 12 * 4 * kMultiplyAdd);
    }
    if (__builtin_cpu_supports("amx-bf16") && may_use_tiles()) {
        add("peak/bf16/amx", bf16_amx, 4 * 16 * 16 * 32 * kMultiplyAdd);
    } else if (__builtin_cpu_supports("avx512bf16")) {
        add("peak/bf16/avx512_bf16", bf16_avx512, 16 * 32 * kMultiplyAdd);
    }
}

}  // namespace dropsweep::bench

#else

/// Not measured on other processors.
void dropsweep::bench::register_peak() {}

#endif
