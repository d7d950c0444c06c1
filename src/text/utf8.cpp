// Well-formed UTF-8, by Boost.Locale's header.
#include "dropsweep/text/utf8.hpp"

#include <algorithm>

#include <boost/locale/utf.hpp>

namespace dropsweep::text {

std::size_t utf8_length(std::string_view text) {
    const char* next = text.data();
    const auto code = boost::locale::utf::utf_traits<char>::decode(next, text.data() + text.size());
    return boost::locale::utf::is_valid_codepoint(code) ? static_cast<std::size_t>(next - text.data()) : 0;
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
