// Keeps a process that has lost its directory's lock from writing there (fencing token).
#pragma once

#include <filesystem>
#include <string>

namespace dropsweep::system {

/// From now on check_fence refuses all paths below a directory unless its `run.lock` has this token: without it another
/// process, perhaps on another host, has taken over while this one was stopped. Any process of a run may call this, not
/// only the holder of the lock. There is one fence: a new one replaces the old.
/// @param token  of DirectoryLock; empty: no fence
void set_fence(const std::filesystem::path& directory, const std::string& token);

/// To be called before a file or directory is written, renamed or removed by other means than files.hpp, whose
/// functions call it (except remove_temporary_files). Reads `run.lock` each time.
/// @param path  of what is to be changed
/// @throws Error  for a path below the fenced directory: failure: its lock has another token; io_error: it has no lock
void check_fence(const std::filesystem::path& path);

}  // namespace dropsweep::system
