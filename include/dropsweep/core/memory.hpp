#pragma once

#include <cstddef>

namespace dropsweep::core {

/// Bytes that this process can still take: what the machine has free, or what its control group allows, if that is
/// less. Of Linux; what cannot be read is no limit.
std::size_t available_memory();

}  // namespace dropsweep::core
