// UTF-8 sequences, checked byte by byte.
#include "dropsweep/text/utf8.hpp"

#include <algorithm>

namespace dropsweep::text {

std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(i) >= low && byte(i) <= high;
    };
    if (text.empty()) return 0;
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        // Not overlong, and no surrogate.
        const bool second = continues(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
        return second && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        // Not overlong, and not past U+10FFFF.
        const bool second = continues(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
        return second && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

std::string as_utf8(std::string_view text) {
    std::string whole;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        whole += length == 0 ? "\xef\xbf\xbd" : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return whole;
}

std::string shortened(std::string_view text, std::size_t most) {
    std::size_t size = 0;
    std::size_t size_before_last = 0;
    for (std::size_t characters = 0; size < text.size(); ++characters) {
        if (characters == most) return std::string(text.substr(0, size_before_last)) + "\u2026";
        size_before_last = size;
        size += std::max<std::size_t>(utf8_length(text.substr(size)), 1);
    }
    return std::string(text);
}

std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 40;
    std::string line = shortened(as_utf8(text), kMost);
    std::ranges::replace_if(
        line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return line;
}

}  // namespace dropsweep::text
