// Transposes bitmaps in blocks of 64 x 64 bits.
#include "dropsweep/linalg/bitmap.hpp"

#include <algorithm>
#include <array>

namespace dropsweep::linalg {
namespace {

/// 64 x 64 bits in place: bit j of word i goes to bit i of word j.
/// Source: Warren, Hacker's Delight, 2nd edition, section 7-3.
void transpose_bits(std::array<std::uint64_t, 64>& block) {
    std::uint64_t mask = 0x00000000ffffffff;
    for (std::size_t width = 32; width != 0; width /= 2, mask ^= mask << width) {
        for (std::size_t i = 0; i < 64; i = ((i | width) + 1) & ~width) {
            const std::uint64_t swapped = ((block[i] >> width) ^ block[i + width]) & mask;
            block[i] ^= swapped << width;
            block[i + width] ^= swapped;
        }
    }
}

}  // namespace

void transpose_leaves(ConstBitmap rows, std::span<const Range> leaves, std::size_t leaf_bits, Bitmap columns) {
    assert(leaf_bits % 64 == 0 && columns.rows == rows.columns && columns.columns == leaves.size() * leaf_bits);
    const std::size_t leaf_words = leaf_bits / 64;
    std::array<std::uint64_t, 64> block;
    for (std::size_t word = 0; word < rows.row_words(); ++word) {
        const std::size_t wide = std::min<std::size_t>(64, rows.columns - 64 * word);
        for (std::size_t l = 0; l < leaves.size(); ++l) {
            for (std::size_t w = 0; w < leaf_words; ++w) {
                const std::size_t first = std::min(leaves[l].begin + 64 * w, leaves[l].end);
                const std::size_t high = std::min<std::size_t>(64, leaves[l].end - first);
                for (std::size_t i = 0; i < 64; ++i) block[i] = i < high ? rows.row(first + i)[word] : 0;
                transpose_bits(block);
                for (std::size_t j = 0; j < wide; ++j) {
                    columns.row(64 * word + j)[l * leaf_words + w] = block[j];
                }
            }
        }
    }
}

}  // namespace dropsweep::linalg
