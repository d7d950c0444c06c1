#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dropsweep::core {

/// The whole content of a file.
/// @throws Error  missing_input: it cannot be opened or read
std::string read_file(const std::filesystem::path& path);

/// Writes `pieces`, one after the other, to a temporary file beside `path` and renames it: a reader sees the old file
/// or the new one, never half of one.
/// @throws Error  io_error: the system's reason; the old file is untouched, the temporary one removed
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

}  // namespace dropsweep::core
