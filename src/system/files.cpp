// Files and directories by POSIX calls: temporary file, fsync, fence, rename, fsync.
#include "dropsweep/system/files.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <regex>
#include <shared_mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/system/fence.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::system {
namespace {

/// Shared by all who write a file, exclusive to end_writes.
std::shared_timed_mutex writes;

[[noreturn]] void cannot_write(const std::filesystem::path& path) {
    throw Error(ExitCode::io_error,
                fmt::format("cannot write {}: {}; check the directory, its permissions and the free space",
                            path.string(), std::strerror(errno)));
}

/// Whether `path`, or what it links to, is a device, a FIFO or a socket.
bool is_special(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(path, ignored);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
           !std::filesystem::is_directory(status);
}

/// The path that symbolic links lead to: what is to be replaced.
std::filesystem::path follow_links(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::path target = path;
    constexpr int kMostLinks = 40;  // as the kernel
    for (int links = 0; std::filesystem::is_symlink(target, ignored); ++links) {
        if (links == kMostLinks) {
            errno = ELOOP;
            cannot_write(path);
        }
        target = target.parent_path() / std::filesystem::read_symlink(target, ignored);
    }
    return target;
}

Descriptor open_parent(const std::filesystem::path& path) {
    return Descriptor(
        ::open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// False: it failed, see errno. EINVAL: the file system knows no fsync.
bool sync(const Descriptor& file) {
    int status = 0;
    do status = ::fsync(file.number());
    while (status != 0 && errno == EINTR);
    return status == 0 || errno == EINVAL;
}

/// Removed when destroyed, unless it was renamed into place. All calls go through the open directory, so that they
/// reach it even if it was moved meanwhile.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::filesystem::path& target)
        : target_(target),
          name_(fmt::format("{}.tmp-{}", target.filename().string(), ::getpid())),
          directory_(open_parent(target)),
          file_(directory_.is_open()
                    ? ::openat(directory_.number(), name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)
                    : -1) {
        if (!file_.is_open()) cannot_write(target_);
    }
    ~TemporaryFile() {
        if (!renamed_) ::unlinkat(directory_.number(), name_.c_str(), 0);
    }

    void write(std::string_view bytes) {
        if (!file_.write(bytes)) cannot_write(target_);
    }

    /// @param path  as the caller named it, for the fence
    void rename_into_place(const std::filesystem::path& path) {
        if (!sync(file_)) cannot_write(target_);
        if (::close(file_.release()) != 0) cannot_write(target_);
        check_fence(path);
        const std::string final_name = target_.filename();
        if (::renameat(directory_.number(), name_.c_str(), directory_.number(), final_name.c_str()) != 0) {
            cannot_write(target_);
        }
        renamed_ = true;
        if (!sync(directory_)) cannot_write(target_);
    }

  private:
    std::filesystem::path target_;
    std::string name_;
    Descriptor directory_;
    Descriptor file_;
    bool renamed_ = false;
};

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    const auto refuse = [&](const char* reason) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the name and its permissions", path.string(), reason));
    };
    std::error_code ignored;
    // Checked before it is opened: a FIFO waits for a writer, a device such as /dev/zero never ends.
    if (is_special(path)) refuse("it is not a regular file");
    if (std::filesystem::is_directory(path, ignored)) refuse("it is a directory");
    const Activity::Scope reading(Activity::Kind::in_system);
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(std::strerror(errno));
    try {
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    } catch (const std::ios_base::failure&) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the disk", path.string(), std::strerror(errno)));
    }
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces) {
    const Activity::Scope writing(Activity::Kind::in_system);
    const std::shared_lock lock(writes);
    if (is_special(path)) {
        throw Error(ExitCode::io_error,
                    fmt::format("cannot write {}: it is not a regular file; name another one", path.string()));
    }
    TemporaryFile file(follow_links(path));
    for (const std::string_view piece : pieces) file.write(piece);
    file.rename_into_place(path);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    write_file_atomically(path, std::array{content});
}

void end_writes() {
    using namespace std::chrono_literals;
    static_cast<void>(std::unique_lock(writes, 1s).release());
}

void make_directory(const std::filesystem::path& path) {
    const Activity::Scope writing(Activity::Kind::in_system);
    check_fence(path);
    if (::mkdir(path.c_str(), 0777) != 0) {
        std::error_code ignored;
        if (errno == EEXIST && std::filesystem::is_directory(path, ignored)) return;
        cannot_write(path);
    }
    const Descriptor parent = open_parent(path);
    if (!parent.is_open() || !sync(parent)) cannot_write(path);
}

void remove_file(const std::filesystem::path& path) {
    const Activity::Scope removing(Activity::Kind::in_system);
    check_fence(path);
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT) return;
        cannot_write(path);
    }
    const Descriptor parent = open_parent(path);
    if (!parent.is_open() || !sync(parent)) cannot_write(path);
}

void make_directories(const std::filesystem::path& path) {
    std::error_code ignored;
    const std::filesystem::path parent = path.parent_path();
    if (!parent.empty() && !std::filesystem::exists(parent, ignored)) make_directories(parent);
    make_directory(path);
}

void remove_temporary_files(const std::filesystem::path& directory) {
    static const std::regex temporary(R"(.+\.tmp-[0-9a-f]+)");
    const Activity::Scope reading(Activity::Kind::in_system);
    if (!std::filesystem::exists(directory)) return;
    try {
        for (const auto& entry : std::filesystem::directory_iterator(directory)) {
            if (std::regex_match(entry.path().filename().string(), temporary) && entry.is_regular_file()) {
                std::filesystem::remove(entry.path());
            }
        }
    } catch (const std::filesystem::filesystem_error& error) {
        throw Error(ExitCode::io_error, fmt::format("cannot clear {}: {}; check the directory and its permissions",
                                                    directory.string(), error.code().message()));
    }
}

}  // namespace dropsweep::system
