// A string of bounded length that can be part of a message.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace dropsweep::comm {

/// A string of at most Size - 1 bytes, longer ones are cut. Trivially copyable.
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
