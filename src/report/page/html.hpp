#pragma once

#include <string>
#include <string_view>

namespace dropsweep::report {

/// `text` for an HTML page, between tags or in a quoted attribute: & < > " ' become entities; bytes that are not UTF-8
/// and control characters other than tab and newline become U+FFFD.
std::string escape(std::string_view text);

}  // namespace dropsweep::report
