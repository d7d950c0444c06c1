// Escapes percent signs in arguments, because Boost.Program_options' messages treat them as placeholders.
#pragma once

#include <string>
#include <string_view>

namespace dropsweep::text {

// Boost.Program_options replaces a placeholder such as %option% in a message until none is left: an argument that
// contains the placeholder itself would make it loop forever.

constexpr char kPercentEscape = '\x1a';

/// The text without percent signs; show_percents restores it.
inline std::string hide_percents(std::string_view text) {
    std::string hidden;
    for (const char c : text) {
        if (c != '%' && c != kPercentEscape) {
            hidden += c;
        } else {
            hidden += kPercentEscape;
            hidden += c == '%' ? 'p' : 'e';
        }
    }
    return hidden;
}

/// The inverse, also for a longer text that contains a result of hide_percents.
inline std::string show_percents(std::string_view hidden) {
    std::string text;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
        const bool is_escaped = hidden[i] == kPercentEscape && i + 1 < hidden.size();
        if (!is_escaped) {
            text += hidden[i];
        } else {
            text += hidden[++i] == 'p' ? '%' : kPercentEscape;
        }
    }
    return text;
}

}  // namespace dropsweep::text
