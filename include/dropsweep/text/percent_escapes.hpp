// Escapes percent signs in arguments, because Boost.Program_options' messages treat them as placeholders.
#pragma once

#include <string>
#include <string_view>

namespace dropsweep::text {

// Boost.Program_options replaces a placeholder such as %option% in a message until none is left: an argument that
// contains the placeholder itself would make it loop forever.

constexpr char kPercentEscape = '\x1a';

/// The text without percent signs; unescape_percents restores it.
inline std::string escape_percents(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c != '%' && c != kPercentEscape) {
            escaped += c;
        } else {
            escaped += kPercentEscape;
            escaped += c == '%' ? 'p' : 'e';
        }
    }
    return escaped;
}

/// The inverse, also for a longer text that contains a result of escape_percents.
inline std::string unescape_percents(std::string_view escaped) {
    std::string text;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const bool is_escaped = escaped[i] == kPercentEscape && i + 1 < escaped.size();
        if (!is_escaped) {
            text += escaped[i];
        } else {
            text += escaped[++i] == 'p' ? '%' : kPercentEscape;
        }
    }
    return text;
}

}  // namespace dropsweep::text
