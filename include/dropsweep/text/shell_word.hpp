// Quotes an argument for a shell's command line.
#pragma once

#include <string>
#include <string_view>

namespace dropsweep::text {

/// `word` as one word of a command line for bash, quoted where necessary. A word with control characters or invalid
/// UTF-8 is written as $'...', these and all bytes that are not ASCII as octal escapes such as \377.
std::string shell_word(std::string_view word);

}  // namespace dropsweep::text
