// Adds one vector to another.
#pragma once

#include <span>

namespace dropsweep::linalg {

/// into += from; both of the same size, not overlapping. Local: no communication.
void add_to(std::span<float> into, std::span<const float> from);

}  // namespace dropsweep::linalg
