// Philox4x32-10 in vector registers, several blocks at once.
#include "dropsweep/linalg/philox.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "linalg/philox.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::linalg::HWY_NAMESPACE {

constexpr std::size_t kPieces = 8;  // of 16 bits in a block

#if HWY_TARGET == HWY_SCALAR

void fill_blocks(const StreamKey& key, std::uint32_t item, std::span<std::uint16_t> pieces) {
    for (std::size_t block = 0; block < pieces.size() / kPieces; ++block) {
        const auto words = random_block(key, item, static_cast<std::uint32_t>(block));
        for (std::size_t w = 0; w < words.size(); ++w) {
            pieces[kPieces * block + 2 * w] = static_cast<std::uint16_t>(words[w]);
            pieces[kPieces * block + 2 * w + 1] = static_cast<std::uint16_t>(words[w] >> 16);
        }
    }
}

#else

using WordTag = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<WordTag>;
constexpr std::size_t kWordLanes = hn::MaxLanes(WordTag());

/// One block per 64-bit lane: the lower halves of the lanes of blocks[w] are word w of the blocks.
using Blocks = Words[4];

HWY_INLINE Words multiply_low(Words a, std::uint32_t b) {
    const hn::Repartition<std::uint32_t, WordTag> halves;
    return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, hn::Set(WordTag(), b)));
}

HWY_INLINE void round_of(Blocks& blocks, std::uint32_t key0, std::uint32_t key1) {
    const WordTag d;
    const Words product0 = multiply_low(blocks[0], PHILOX_M4x32_0);
    const Words product1 = multiply_low(blocks[2], PHILOX_M4x32_1);
    blocks[0] = hn::Xor(hn::Xor(hn::ShiftRight<32>(product1), blocks[1]), hn::Set(d, key0));
    blocks[1] = product1;
    blocks[2] = hn::Xor(hn::Xor(hn::ShiftRight<32>(product0), blocks[3]), hn::Set(d, key1));
    blocks[3] = product0;
}

/// Two vectors of blocks at once hide the latency of the multiplications.
void fill_blocks(const StreamKey& key, std::uint32_t item, std::span<std::uint16_t> pieces) {
    constexpr int kRounds = 10;
    constexpr std::size_t kAtOnce = 2 * kWordLanes;
    const WordTag d;
    const std::size_t count = pieces.size() / kPieces;
    for (std::size_t block = 0; block < count; block += kAtOnce) {
        Blocks halves[2];
        for (std::size_t h = 0; h < 2; ++h) {
            halves[h][0] = hn::Iota(d, block + h * kWordLanes);
            halves[h][1] = hn::Set(d, item);
            halves[h][2] = hn::Set(d, key.epoch);
            halves[h][3] = hn::Set(d, (static_cast<std::uint32_t>(key.purpose) << 24) | key.layer);
        }
        auto key0 = static_cast<std::uint32_t>(key.seed);
        auto key1 = static_cast<std::uint32_t>(key.seed >> 32);
        for (int round = 0; round < kRounds; ++round) {
            for (Blocks& each : halves) round_of(each, key0, key1);
            key0 += PHILOX_W32_0;
            key1 += PHILOX_W32_1;
        }
        HWY_ALIGN std::uint64_t room[2 * kAtOnce];
        for (std::size_t h = 0; h < 2; ++h) {
            const auto pair = [&](std::size_t w) HWY_ATTR {
                const Words low = hn::And(halves[h][w], hn::Set(d, 0xffffffff));
                return hn::Or(low, hn::ShiftLeft<32>(halves[h][w + 1]));
            };
            hn::StoreInterleaved2(pair(0), pair(2), d, room + 2 * kWordLanes * h);
        }
        const std::size_t bytes = std::min(kAtOnce, count - block) * kPieces * sizeof(std::uint16_t);
        std::memcpy(pieces.data() + kPieces * block, room, bytes);
    }
}

#endif

}  // namespace dropsweep::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::linalg {

HWY_EXPORT(fill_blocks);

void random_blocks(const StreamKey& key, std::uint32_t item, std::span<std::uint16_t> pieces) {
    assert(pieces.size() % 8 == 0);
    HWY_DYNAMIC_DISPATCH(fill_blocks)(key, item, pieces);
}

}  // namespace dropsweep::linalg
#endif
