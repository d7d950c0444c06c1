// Splits text, and writes counts with their nouns.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::text {

/// The pieces of `text` between separators; one empty piece for an empty text.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const std::size_t end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

/// "a, b, c"; of many words the first `most`: "a, b ...".
inline std::string listed(const std::vector<std::string>& words, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(words.size(), most); ++i) text.append(i == 0 ? "" : ", ").append(words[i]);
    return words.size() > most ? text.append(" ...") : text;
}

/// A count with its noun: "1 seed", "5 seeds". @param plural  empty: the noun with an s
inline std::string counted(std::size_t count, std::string_view noun, std::string_view plural = "") {
    std::string text = std::to_string(count).append(" ");
    if (count == 1) return text.append(noun);
    return plural.empty() ? text.append(noun).append("s") : text.append(plural);
}

/// "0", "1" ...: the names of classes that have no others.
inline std::vector<std::string> number_names(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    return names;
}

}  // namespace dropsweep::text
