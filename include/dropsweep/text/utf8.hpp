#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dropsweep::text {

/// The length of the well-formed UTF-8 sequence at the beginning of `text`; 0: there is none.
/// Source: The Unicode Standard, table 3-7.
std::size_t utf8_length(std::string_view text);

/// `text` with U+FFFD for every byte that is no part of a well-formed sequence.
std::string as_utf8(std::string_view text);

/// `text` if it has at most `most` characters; else as many, the last of which is an ellipsis. most > 0.
std::string shortened(std::string_view text, std::size_t most);

/// Something foreign as a message can bear it: at most 40 characters, none of which is a control character.
std::string shown(std::string_view text);

}  // namespace dropsweep::text
