#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dropsweep::system {

/// The whole content of a file.
/// @throws Error  missing_input: it cannot be opened or read, or is a directory, a device, a FIFO or a socket
std::string read_file(const std::filesystem::path& path);

/// Writes `pieces`, one after the other, to a temporary file beside `path` and renames it: a reader sees the old file
/// or the new one, never half of one. Durable: temporary file, fsync of it, rename, fsync of the directory. A failure
/// of power at any instant leaves the old file or the new one, and after the return the new one. (A file system that
/// knows no fsync is taken as it is.) A process that is killed may leave its temporary file, `<path>.tmp-<process>`.
/// A symbolic link stays and leads to the new file; all of this happens where it leads.
/// @throws Error  failure: check_fence; io_error: the system's reason, or `path` is a device, a FIFO or a socket; the
/// old file is untouched, the temporary one removed. Only when the
///                directory's fsync fails, the new file is there already
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Before this process ends from one of its threads: waits, for a second at most, until no other one is writing a file
/// by write_file_atomically, and lets none begin.
void end_writes();

/// Makes a directory, durably, unless it is there; its parent exists.
/// @throws Error  failure: check_fence; io_error
void make_directory(const std::filesystem::path& path);

/// Removes a file, durably, unless it is not there.
/// @throws Error  io_error
void remove_file(const std::filesystem::path& path);

/// As make_directory, with all parents that are missing.
/// @throws Error  io_error
void make_directories(const std::filesystem::path& path);

/// Removes the temporary files that killed processes have left in a directory while they wrote to it. Nobody may be
/// writing there. Does nothing where there is no such directory.
/// @throws Error  io_error
void remove_temporary_files(const std::filesystem::path& directory);

}  // namespace dropsweep::system
