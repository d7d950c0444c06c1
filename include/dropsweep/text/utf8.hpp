// UTF-8: validity, repair, and text shortened for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dropsweep::text {

/// Bytes of the well-formed UTF-8 sequence at the beginning of `text`; 0: there is none.
/// Source: The Unicode Standard, table 3-7.
std::size_t utf8_length(std::string_view text);

/// `text` with U+FFFD for every byte that is no part of a well-formed sequence.
std::string as_utf8(std::string_view text);

/// `text` if it has at most `most` characters (code points); else the first most - 1 of them and an ellipsis. most > 0.
std::string shortened(std::string_view text, std::size_t most);

/// Text from outside, made fit for a message: valid UTF-8, at most 40 characters, spaces for control characters.
std::string shown(std::string_view text);

}  // namespace dropsweep::text
