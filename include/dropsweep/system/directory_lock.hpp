#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "dropsweep/text/error.hpp"

namespace dropsweep::system {

/// Holds a directory for one process: the file `run.lock` in it says who (host, process, since when) and is touched
/// every few seconds as a sign of life. Local.
///
/// On one host, and where the file system passes locks on between hosts, the kernel's lock on the file decides: it ends
/// with its process, however that ends. Elsewhere the sign of life does: without one for `stale_after` a lock is no
/// obstacle. Ages are taken from the file system's own clock, so that clocks of hosts that differ do no harm. Two
/// processes that start at the same instant on hosts without a common lock may both begin: the earlier is told within
/// `sign_of_life` that it has lost, and before it writes (fence.hpp).
class DirectoryLock {
  public:
    struct Timing {
        std::chrono::milliseconds sign_of_life = std::chrono::seconds(5);
        std::chrono::milliseconds stale_after = std::chrono::seconds(30);
    };

    /// @param directory  exists
    /// @param host       the name of this machine
    /// @param on_lost    called at most once, from a thread of this object, when nothing may be written any more.
    ///                   failure: somebody else has taken the lock over (this process was stopped for longer than
    ///                   stale_after); io_error: the file, or its directory, was removed. It must not throw
    /// @throws Error  usage: another process holds it; the message names host, process and since when, and what to do.
    ///                io_error: the file cannot be written, or `run.lock` is something else than a file
    DirectoryLock(const std::filesystem::path& directory, const std::string& host,
                  std::function<void(const Error&)> on_lost, const Timing& timing);
    DirectoryLock(const std::filesystem::path& directory, const std::string& host,
                  std::function<void(const Error&)> on_lost);
    DirectoryLock(const DirectoryLock&) = delete;
    /// What makes this lock another than the ones before and after it, for set_fence.
    const std::string& token() const;
    ~DirectoryLock();  ///< Gives it up and removes the file, if it is still ours.

  private:
    class Keeper;
    std::unique_ptr<Keeper> keeper_;
};

}  // namespace dropsweep::system
