#pragma once

#include <string>
#include <string_view>

namespace dropsweep::text {

// Boost.Program_options fills its messages in by replacing words such as %option%, again and again where what it puts
// in holds the word itself: with such an argument it never ends. So it is shown no percent sign.

constexpr char kPercentEscape = '\x1a';

/// Without percent signs; show_percents gives back the text as it was.
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

/// The reverse, also of a longer text that holds what hide_percents gave.
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
