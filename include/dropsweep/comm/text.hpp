#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace dropsweep::comm {

/// Text of limited length inside a message.
template <std::size_t Size>
class Text {
  public:
    Text() = default;
    explicit Text(std::string_view text) { std::copy_n(text.begin(), std::min(text.size(), Size - 1), bytes_.begin()); }
    std::string str() const { return bytes_.data(); }

  private:
    std::array<char, Size> bytes_{};
};

}  // namespace dropsweep::comm
