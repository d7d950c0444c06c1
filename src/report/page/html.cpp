#include "html.hpp"

#include "dropsweep/core/utf8.hpp"

namespace dropsweep::report {

std::string escape(std::string_view text) {
    std::string escaped;
    for (const char c : core::as_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&') {
            escaped += "&amp;";
        } else if (c == '<') {
            escaped += "&lt;";
        } else if (c == '>') {
            escaped += "&gt;";
        } else if (c == '"') {
            escaped += "&quot;";
        } else if (c == '\'') {
            escaped += "&#39;";
        } else if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) {
            escaped += "\xef\xbf\xbd";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

}  // namespace dropsweep::report
