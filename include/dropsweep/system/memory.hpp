#pragma once

#include <cstddef>
#include <filesystem>

namespace dropsweep::system {

/// Bytes that this process can still take: what the machine has free, or what its control group allows, if that is
/// less. Of Linux; what cannot be read is no limit.
std::size_t available_memory();

/// What of that the control group (version 2) and those above it allow.
/// @param root        where control groups are mounted
/// @param membership  of the process, as in /proc/PID/cgroup
std::size_t memory_of_control_group(const std::filesystem::path& root, const std::filesystem::path& membership);

}  // namespace dropsweep::system
