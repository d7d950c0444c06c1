// The message for samples that do not fit into memory.
#pragma once

#include <cstddef>
#include <string>

#include <fmt/format.h>

namespace dropsweep::data {

/// @param needed, memory  bytes
inline std::string too_large(std::size_t needed, std::size_t memory) {
    constexpr double kGigabyte = 1 << 30;
    return fmt::format("its samples need {:.3g} GB of memory, and {:.3g} GB are free",
                       static_cast<double>(needed) / kGigabyte, static_cast<double>(memory) / kGigabyte);
}
inline constexpr const char* kTooLargeRemedy = "give fewer of them";

}  // namespace dropsweep::data
