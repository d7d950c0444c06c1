// A lock by which one process at a time uses a directory, across hosts.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "dropsweep/text/error.hpp"

namespace dropsweep::system {

class LockFile;

struct LockTiming {
    std::chrono::milliseconds sign_of_life = std::chrono::seconds(5);
    std::chrono::milliseconds stale_after = std::chrono::seconds(30);
};

/// The file `run.lock` in the directory names the holder (host, process, since when), holds the kernel's lock, which
/// ends with its process, and is touched every few seconds as a sign of life. Local: no communication.
///
/// A process that finds the kernel's lock taken is refused, on another host too if the file system shares locks. If it
/// is free, a holder on this host has ended. A holder on another host, or on a file system without locks, counts as
/// ended after `stale_after` without a sign of life by the file system's clock (the hosts' clocks may differ), or when
/// its process was on this host and is gone. Two processes that start at once on hosts without a common lock may both
/// begin: the earlier one is told within `sign_of_life` that it has lost, and before it writes (fence.hpp).
class DirectoryLock {
  public:
    /// @param directory  exists
    /// @param host       the name of this machine
    /// @param on_lost    called at most once, from a thread of this object, when the lock is lost. failure: another
    ///                   process has taken it over (this one was stopped for longer than stale_after); io_error: the
    ///                   file, or its directory, was removed. It must not throw
    /// @throws Error  usage: another process holds it; the message names host, process and since when, and what to do.
    ///                io_error: the file cannot be written, or `run.lock` is not a regular file
    DirectoryLock(const std::filesystem::path& directory, const std::string& host,
                  std::function<void(const Error&)> on_lost, const LockTiming& timing = {});
    DirectoryLock(const DirectoryLock&) = delete;
    /// Unique to this lock, for set_fence.
    const std::string& token() const;
    ~DirectoryLock();  ///< Releases the lock; removes the file if it is still this lock's.

  private:
    std::unique_ptr<LockFile> file_;
    std::jthread thread_;
};

}  // namespace dropsweep::system
