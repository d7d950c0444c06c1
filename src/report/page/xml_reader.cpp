#include "xml_reader.hpp"

#include <algorithm>

namespace dropsweep::report {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

void skip_space(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
}

/// Takes what comes before `end`, and `end`; false when there is no end.
bool skip_past(std::string_view& text, std::string_view end) {
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + end.size());
    return true;
}

std::string_view take_name(std::string_view& text) {
    const std::string_view name = text.substr(0, text.find_first_of(" \t\r\n=\"'<>/"));
    text.remove_prefix(name.size());
    skip_space(text);
    return name;
}

/// Where the tag at the beginning of `text` ends; a '>' in quotes does not end it.
std::size_t end_of_tag(std::string_view text) {
    char quote = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i;
        }
    }
    return std::string_view::npos;
}

/// What is between '<' and '>', without slashes.
std::optional<XmlPiece> read_start(std::string_view text) {
    XmlPiece piece;
    piece.kind = XmlPiece::Kind::start;
    piece.name = take_name(text);
    if (piece.name.empty()) return std::nullopt;
    while (!text.empty()) {
        const std::string_view name = take_name(text);
        if (name.empty() || !text.starts_with('=')) return std::nullopt;
        text.remove_prefix(1);
        skip_space(text);
        if (!text.starts_with('"') && !text.starts_with('\'')) return std::nullopt;
        const std::size_t end = text.find(text[0], 1);
        if (end == std::string_view::npos) return std::nullopt;
        piece.attributes.push_back({name, text.substr(1, end - 1)});
        text.remove_prefix(end + 1);
        skip_space(text);
    }
    return piece;
}

}  // namespace

std::string_view XmlPiece::value(std::string_view attribute) const {
    const auto found = std::ranges::find(attributes, attribute, &XmlAttribute::name);
    return found == attributes.end() ? std::string_view{} : found->value;
}

std::optional<std::vector<XmlPiece>> read_xml(std::string_view xml) {
    std::vector<XmlPiece> pieces;
    std::vector<std::string_view> open;
    while (!xml.empty()) {
        if (xml[0] != '<') {
            const std::string_view text = xml.substr(0, xml.find('<'));
            pieces.push_back({XmlPiece::Kind::text, text, {}, {}});
            xml.remove_prefix(text.size());
        } else if (xml.starts_with("<!--")) {
            if (!skip_past(xml, "-->")) return std::nullopt;
        } else if (xml.starts_with("<![CDATA[")) {
            if (!skip_past(xml, "]]>")) return std::nullopt;
        } else if (xml.starts_with("<?") || xml.starts_with("<!")) {
            if (!skip_past(xml, ">")) return std::nullopt;
        } else {
            const std::size_t end = end_of_tag(xml);
            if (end == std::string_view::npos) return std::nullopt;
            std::string_view tag = xml.substr(1, end - 1);
            xml.remove_prefix(end + 1);
            if (tag.starts_with('/')) {
                tag.remove_prefix(1);
                const std::string_view name = take_name(tag);
                if (open.empty() || open.back() != name) return std::nullopt;
                open.pop_back();
                pieces.push_back({XmlPiece::Kind::end, {}, name, {}});
                continue;
            }
            const bool is_complete = tag.ends_with('/');
            if (is_complete) tag.remove_suffix(1);
            std::optional<XmlPiece> start = read_start(tag);
            if (!start) return std::nullopt;
            const std::string_view name = start->name;
            pieces.push_back(*std::move(start));
            if (is_complete) {
                pieces.push_back({XmlPiece::Kind::end, {}, name, {}});
            } else {
                open.push_back(name);
            }
        }
    }
    if (!open.empty()) return std::nullopt;
    return pieces;
}

}  // namespace dropsweep::report
