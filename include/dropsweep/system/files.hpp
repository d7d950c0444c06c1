// Durable and atomic changes of files and directories.
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
/// or the new one, never a part. Durable: fsync of the file, rename, fsync of the directory; a power failure leaves the
/// old file or the new one, after the return the new one (on file systems with fsync). A killed process may leave its
/// temporary file, `<path>.tmp-<process>`. A symbolic link is kept: what it leads to is replaced.
/// @throws Error  failure: see check_fence; io_error: likewise, the system's reason, or `path` is a device, a FIFO or a
///                socket. The temporary file is removed, the old one untouched unless only the directory's fsync failed
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// For a thread that is about to end the process: waits, for a second at most, until no other thread is in
/// write_file_atomically, and then lets none begin.
void end_writes();

/// Makes a directory, durably, unless it is there; its parent must exist.
/// @throws Error  failure: see check_fence; io_error
void make_directory(const std::filesystem::path& path);

/// Removes a file, durably; nothing happens where there is none.
/// @throws Error  failure: see check_fence; io_error
void remove_file(const std::filesystem::path& path);

/// As make_directory, with all parents that are missing.
/// @throws Error  failure: see check_fence; io_error
void make_directories(const std::filesystem::path& path);

/// Removes the temporary files that killed processes have left in a directory. Nobody may be writing there. Nothing
/// happens where there is no such directory.
/// @throws Error  io_error
void remove_temporary_files(const std::filesystem::path& directory);

}  // namespace dropsweep::system
