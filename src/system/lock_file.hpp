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

/// Whom a lock file names.
struct LockHolder {
    std::string host;
    pid_t process = 0;
    std::string since;  ///< a UTC time, for people
    std::string token;  ///< of this lock alone, see set_fence

    std::string to_text() const;
    /// Nothing for a text that names nobody. What it returns can be shown.
    static std::optional<LockHolder> parse(std::string_view text);
    /// Whom the lock of a directory names now; nobody where there is none. Does not wait.
    static std::optional<LockHolder> read(const std::filesystem::path& directory);
};

/// One process's lock file: first beside `run.lock`, then in its place. Handled through the open directory. It vanishes
/// with this object, unless another has taken its place.
class LockFile {
  public:
    /// @throws Error  io_error
    LockFile(std::filesystem::path directory, const std::string& host, std::chrono::milliseconds stale_after);
    LockFile(const LockFile&) = delete;
    ~LockFile();

    /// Puts the file in place. @throws Error  see DirectoryLock
    void take();

    const std::string& token() const { return self_.token; }
    /// False: the file is gone or another's.
    bool give_sign_of_life();
    /// What to say then.
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
