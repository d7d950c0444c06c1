#pragma once

#include <filesystem>
#include <string>

namespace dropsweep::system {

/// From now on this process writes, renames and removes nothing below a directory once its `run.lock` is no longer the
/// one with this token: it was stopped for so long that another process, perhaps of another host, has taken over. Any
/// process of a run may call this, not only the one that holds the lock. Replaces what was said before.
/// @param token  of DirectoryLock; empty: anything may be written
void set_fence(const std::filesystem::path& directory, const std::string& token);

/// Called before each change of what a directory holds. Reads the lock anew each time.
/// @param path  of what is to be changed
/// @throws Error  failure: it lies behind the fence; io_error: likewise, and there is no lock any more
void check_fence(const std::filesystem::path& path);

}  // namespace dropsweep::system
