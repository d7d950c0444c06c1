// Three ways to write a shell word: plain, in single quotes, or with escapes.
#include "dropsweep/text/shell_word.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/text/utf8.hpp"

namespace dropsweep::text {
namespace {

bool is_plain(char c) {
    constexpr std::string_view kOthers = "_@%+=:,./-";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string shell_word(std::string_view word) {
    // Unquoted, a first word with '=' is an assignment, unless it begins with a dash.
    const bool assigns = word.find('=') != std::string_view::npos && !word.starts_with('-');
    if (!word.empty() && std::ranges::all_of(word, is_plain) && !assigns) return std::string(word);
    if (as_utf8(word) == word && std::ranges::none_of(word, is_control)) {
        std::string quoted = "'";
        for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
        return quoted + "'";
    }
    std::string quoted = "$'";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_control(c) || byte >= 0x80) {
            quoted += fmt::format("\\{:03o}", byte);
        } else {
            if (c == '\'' || c == '\\') quoted += '\\';
            quoted += c;
        }
    }
    return quoted + "'";
}

}  // namespace dropsweep::text
