#include "dropsweep/core/files.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::core {
namespace {

/// A file descriptor, closed at the end.
struct Descriptor {
    int number;
    explicit Descriptor(int opened) : number(opened) {}
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

/// A temporary file that vanishes unless it is renamed into place. It is handled through its open directory: it stays
/// the same one when somebody moves that away in the meantime.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::filesystem::path& target)
        : target_(target),
          name_(fmt::format("{}.tmp-{}", target.filename().string(), ::getpid())),
          directory_(::open(target.has_parent_path() ? target.parent_path().c_str() : ".",
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
          file_(directory_.number < 0
                    ? -1
                    : ::openat(directory_.number, name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
        if (file_.number < 0) fail();
    }
    ~TemporaryFile() {
        if (!renamed_) ::unlinkat(directory_.number, name_.c_str(), 0);
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(file_.number, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void rename_into_place() {
        const int closed = ::close(std::exchange(file_.number, -1));
        if (closed != 0) fail();
        const std::string final_name = target_.filename();
        if (::renameat(directory_.number, name_.c_str(), directory_.number, final_name.c_str()) != 0) fail();
        renamed_ = true;
    }

  private:
    [[noreturn]] void fail() const {
        throw Error(ExitCode::io_error,
                    fmt::format("cannot write {}: {}; check the directory, its permissions and the free space",
                                target_.string(), std::strerror(errno)));
    }

    std::filesystem::path target_;
    std::string name_;
    Descriptor directory_;
    Descriptor file_;
    bool renamed_ = false;
};

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    // A device such as /dev/zero would never end.
    const bool wrong_kind =
        std::filesystem::is_directory(path, ignored) || std::filesystem::is_character_file(path, ignored);
    if (!file || wrong_kind) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the name and its permissions", path.string(),
                                wrong_kind ? "it is a directory or a device" : std::strerror(errno)));
    }
    try {
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    } catch (const std::ios_base::failure&) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the disk", path.string(), std::strerror(errno)));
    }
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces) {
    TemporaryFile file(path);
    for (const std::string_view piece : pieces) file.write(piece);
    file.rename_into_place();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    write_file_atomically(path, std::array{content});
}

}  // namespace dropsweep::core
