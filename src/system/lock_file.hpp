// The lock file run.lock: its content, and how it is taken, kept and lost.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::system {

/// The process that a lock file names.
struct LockHolder {
    std::string host;
    pid_t process = 0;
    std::string since;  ///< UTC, for messages
    std::string token;  ///< unique to the lock, see set_fence

    std::string to_text() const;
    /// nullopt: the text names no process. All fields are printable ASCII, at most 255 characters.
    static std::optional<LockHolder> parse(std::string_view text);
    /// The holder of a directory's lock; nullopt: there is none. Does not wait.
    static std::optional<LockHolder> read(const std::filesystem::path& directory);
};

/// This process's lock file: created beside `run.lock`, moved into its place by take(), removed when the object is
/// destroyed unless another file has taken its place. All calls go through the open directory.
class LockFile {
  public:
    /// @throws Error  io_error
    LockFile(std::filesystem::path directory, const std::string& host, std::chrono::milliseconds stale_after);
    LockFile(const LockFile&) = delete;
    ~LockFile();

    /// Puts the file in place. @throws Error  see DirectoryLock
    void take();

    const std::string& token() const { return self_.token; }
    /// Touches the file. False: it was removed or replaced.
    bool give_sign_of_life();
    /// The error for it, see DirectoryLock's on_lost.
    Error loss() const;

  private:
    enum class KernelLock { ours, anothers, unsupported };

    bool try_to_take();
    bool put_in_empty_place();
    void rename_into_place();
    Descriptor open_current() const;
    KernelLock try_lock(const Descriptor& file) const;
    std::chrono::milliseconds silence_of(const Descriptor& current) const;
    bool looks_dead(const std::optional<LockHolder>& holder, std::chrono::milliseconds silence) const;
    bool is_at(const Descriptor& file, const char* name) const;
    bool is_in_place() const { return is_at(file_, name_.c_str()); }
    [[noreturn]] void fail(int reason) const;
    [[noreturn]] void refuse(const std::optional<LockHolder>& holder,
                             std::optional<std::chrono::milliseconds> until_stale) const;

    std::filesystem::path path_;
    LockHolder self_;
    std::chrono::milliseconds stale_after_;
    Descriptor directory_;
    std::string name_;  ///< of file_ in the directory
    Descriptor file_;
};

}  // namespace dropsweep::system
