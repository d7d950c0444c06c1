// A fast checksum against faults of memory and network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dropsweep::system {

/// XXH3 (xxhash.com), 64 bits, at the speed of memory: detects accidental changes, not deliberate ones.
/// @param seed  e.g. the checksum of the bytes before
std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t seed = 0);

}  // namespace dropsweep::system
