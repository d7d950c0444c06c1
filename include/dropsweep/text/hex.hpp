// Bytes as hexadecimal text, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::text {

/// Two lower-case digits per byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// The inverse of to_hex; nullopt for a text that to_hex never writes.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace dropsweep::text
