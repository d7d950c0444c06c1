#pragma once

#include <span>

namespace dropsweep::linalg {

/// into += from, element by element; both of one size, not overlapping.
void add_to(std::span<float> into, std::span<const float> from);

}  // namespace dropsweep::linalg
