// How much memory this process can still take.
#pragma once

#include <cstddef>
#include <filesystem>

namespace dropsweep::system {

/// Bytes: the machine's available memory, or what the control group still allows, if that is less. Linux; a limit that
/// cannot be read counts as none.
std::size_t available_memory();

/// Bytes that a control group (version 2) and its ancestors still allow.
/// @param root        where control groups are mounted
/// @param membership  a file such as /proc/PID/cgroup, which names the group of a process
std::size_t memory_of_control_group(const std::filesystem::path& root, const std::filesystem::path& membership);

}  // namespace dropsweep::system
