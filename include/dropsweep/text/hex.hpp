#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::text {

/// Two lower-case hexadecimal digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// The bytes that to_hex wrote so; none for any other text.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace dropsweep::text
