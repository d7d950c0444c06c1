// Ranges of indices, and a range cut into equal parts.
#pragma once

#include <algorithm>
#include <cstddef>

namespace dropsweep::linalg {

/// The indices begin, begin + 1 ... end - 1.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
    bool empty() const { return begin == end; }
    bool operator==(const Range&) const = default;
};

/// Part `index` of [0, total) cut into `parts` contiguous ranges as equal as possible: the first total % parts ranges
/// are one longer; ranges are empty where total < parts.
inline Range part_of(std::size_t total, std::size_t parts, std::size_t index) {
    const std::size_t base = total / parts;
    const std::size_t longer = total % parts;
    const std::size_t begin = index * base + std::min(index, longer);
    return {begin, begin + base + (index < longer ? 1 : 0)};
}

}  // namespace dropsweep::linalg
