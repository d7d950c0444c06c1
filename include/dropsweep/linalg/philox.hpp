// Random numbers of a counter-based generator: each is a function of what it is for.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <Random123/philox.h>

namespace dropsweep::linalg {

/// What a random number is for. Each purpose has a stream of its own under one seed.
enum class Purpose : std::uint32_t {
    initial_weights = 1,
    shuffle = 2,
    dropout = 3,
    synthetic_digits = 4,
    delay = 5,
    forecast = 6,
    verification = 7,
    test_split = 8,
    validation_split = 9,
    input_dropout = 10
};

/// Names one stream. Layer below 2^24.
struct StreamKey {
    std::uint64_t seed = 0;
    Purpose purpose = Purpose::dropout;
    std::uint32_t layer = 0;
    std::uint32_t epoch = 0;
};

/// Philox4x32-10: 128 random bits that depend on the key and the two counters alone, so that any rank can draw any
/// number of any stream without having drawn the ones before it.
/// @param item   which thing of the stream, e.g. the sample
/// @param block  which 128 bits of that thing, e.g. unit / 8
/// Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3"; Random123.
inline std::array<std::uint32_t, 4> random_block(const StreamKey& key, std::uint32_t item, std::uint32_t block) {
    const r123::Philox4x32::key_type philox_key = {
        {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)}};
    const r123::Philox4x32::ctr_type counter = {
        {block, item, key.epoch, (static_cast<std::uint32_t>(key.purpose) << 24) | key.layer}};
    const r123::Philox4x32::ctr_type bits = r123::Philox4x32()(counter, philox_key);
    return {bits[0], bits[1], bits[2], bits[3]};
}

/// The blocks 0, 1 ... of an item as numbers of 16 bits, the lower half of each word first. Vectorised.
/// @param pieces  out: [8 * blocks]
void random_blocks(const StreamKey& key, std::uint32_t item, std::span<std::uint16_t> pieces);

/// The blocks of one item of a stream, word by word.
class PhiloxSequence {
  public:
    PhiloxSequence(const StreamKey& key, std::uint32_t item) : key_(key), item_(item) {}

    /// 32 random bits.
    std::uint32_t next() {
        if (used_ == 4) {
            bits_ = random_block(key_, item_, block_++);
            used_ = 0;
        }
        return bits_[used_++];
    }

    /// Uniform in [0, 1), a multiple of 2^-24, exact in float.
    float uniform() { return static_cast<float>(next() >> 8) * 0x1p-24f; }

    /// Uniform in [0, bound), unbiased; bound >= 1.
    /// Source: Lemire (2019), "Fast random integer generation in an interval", algorithm 5.
    std::uint32_t below(std::uint32_t bound) {
        std::uint64_t product = std::uint64_t{next()} * bound;
        if (static_cast<std::uint32_t>(product) < bound) {
            const std::uint32_t threshold = (0u - bound) % bound;
            while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{next()} * bound;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

  private:
    StreamKey key_;
    std::uint32_t item_;
    std::uint32_t block_ = 0;
    std::uint32_t used_ = 4;
    std::array<std::uint32_t, 4> bits_{};
};

}  // namespace dropsweep::linalg
