#include "dropsweep/core/philox.hpp"

#include <cassert>

#include "dropsweep/core/simd.hpp"

#ifdef DROPSWEEP_DISPATCH
#include <immintrin.h>
#endif

namespace dropsweep::core {
namespace {

constexpr std::size_t kPieces = 8;  // of 16 bits in a block

#ifdef DROPSWEEP_DISPATCH

// The compiler does not make multiplications of 32 bits with results of 64 of portable code.

[[gnu::target("avx2")]] inline __m256i all(std::uint32_t value) {
    return _mm256_set1_epi64x(static_cast<long long>(value));
}

/// The lower halves of a's lanes in front of those of b.
[[gnu::target("avx2")]] inline __m256i pairs(__m256i a, __m256i b) {
    return _mm256_or_si256(_mm256_and_si256(a, all(0xffffffff)), _mm256_slli_epi64(b, 32));
}

/// The multiple of eight blocks that fits. @return  how many
[[gnu::target("default")]] std::size_t fill_by_eights(const StreamKey&, std::uint32_t, std::span<std::uint16_t>) {
    return 0;
}

[[gnu::target("avx2")]] std::size_t fill_by_eights(const StreamKey& key, std::uint32_t item,
                                                   std::span<std::uint16_t> pieces) {
    constexpr std::size_t kHalves = 2;  // of four blocks: one would wait for its own multiplications
    constexpr int kRounds = 10;
    const __m256i multiplier0 = all(PHILOX_M4x32_0);
    const __m256i multiplier1 = all(PHILOX_M4x32_1);
    const std::size_t blocks = pieces.size() / kPieces / (4 * kHalves) * (4 * kHalves);
    for (std::size_t block = 0; block < blocks; block += 4 * kHalves) {
        // Word w of a block in a lane of 64 bits, of which the lower half counts.
        __m256i w[kHalves][4];
        for (std::size_t h = 0; h < kHalves; ++h) {
            w[h][0] = _mm256_add_epi64(all(static_cast<std::uint32_t>(block + 4 * h)), _mm256_set_epi64x(3, 2, 1, 0));
            w[h][1] = all(item);
            w[h][2] = all(key.epoch);
            w[h][3] = all((static_cast<std::uint32_t>(key.purpose) << 24) | key.layer);
        }
        auto key0 = static_cast<std::uint32_t>(key.seed);
        auto key1 = static_cast<std::uint32_t>(key.seed >> 32);
        for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 2
            for (std::size_t h = 0; h < kHalves; ++h) {
                const __m256i product0 = _mm256_mul_epu32(multiplier0, w[h][0]);
                const __m256i product1 = _mm256_mul_epu32(multiplier1, w[h][2]);
                w[h][0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product1, 32), w[h][1]), all(key0));
                w[h][1] = product1;
                w[h][2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product0, 32), w[h][3]), all(key1));
                w[h][3] = product0;
            }
            key0 += PHILOX_W32_0;
            key1 += PHILOX_W32_1;
        }
        for (std::size_t h = 0; h < kHalves; ++h) {
            const __m256i words01 = pairs(w[h][0], w[h][1]);
            const __m256i words23 = pairs(w[h][2], w[h][3]);
            const __m256i blocks02 = _mm256_unpacklo_epi64(words01, words23);
            const __m256i blocks13 = _mm256_unpackhi_epi64(words01, words23);
            auto* out = reinterpret_cast<__m256i_u*>(pieces.data() + kPieces * (block + 4 * h));
            _mm256_storeu_si256(out, _mm256_permute2x128_si256(blocks02, blocks13, 0x20));
            _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(blocks02, blocks13, 0x31));
        }
    }
    return blocks;
}

#else

std::size_t fill_by_eights(const StreamKey&, std::uint32_t, std::span<std::uint16_t>) {
    return 0;
}

#endif

}  // namespace

void random_blocks(const StreamKey& key, std::uint32_t item, std::span<std::uint16_t> pieces) {
    assert(pieces.size() % kPieces == 0);
    for (std::size_t block = fill_by_eights(key, item, pieces); block < pieces.size() / kPieces; ++block) {
        const auto words = random_block(key, item, static_cast<std::uint32_t>(block));
        for (std::size_t w = 0; w < words.size(); ++w) {
            pieces[kPieces * block + 2 * w] = static_cast<std::uint16_t>(words[w]);
            pieces[kPieces * block + 2 * w + 1] = static_cast<std::uint16_t>(words[w] >> 16);
        }
    }
}

}  // namespace dropsweep::core
