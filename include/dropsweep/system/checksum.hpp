#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dropsweep::system {

/// XXH3 (xxhash.com), 64 bits: finds what a fault has altered, at the speed of memory; no protection from people.
/// @param seed  e.g. the checksum of what comes before
std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t seed = 0);

}  // namespace dropsweep::system
