// XXH3 by the header-only xxHash.
#include "dropsweep/system/checksum.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dropsweep::system {

std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace dropsweep::system
