#pragma once

#include <string>
#include <string_view>

namespace dropsweep::text {

/// `word` as one word of a command line for bash and the like, quoted where it has to be. Bytes that cannot be shown
/// (control characters, not UTF-8) are written as $'\377'.
std::string shell_word(std::string_view word);

}  // namespace dropsweep::text
