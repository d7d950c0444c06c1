#include "dropsweep/core/files.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::core {
namespace {

/// A temporary file that vanishes unless it is renamed into place.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::filesystem::path& target)
        : target_(target), path_(fmt::format("{}.tmp-{}", target.string(), ::getpid())) {
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (descriptor_ < 0) fail();
    }
    TemporaryFile(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!renamed_) ::unlink(path_.c_str());
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void rename_into_place() {
        const int status = ::close(descriptor_);
        descriptor_ = -1;
        if (status != 0 || ::rename(path_.c_str(), target_.c_str()) != 0) fail();
        renamed_ = true;
    }

  private:
    [[noreturn]] void fail() const {
        const int reason = errno;
        // The destructor does not run for a constructor that throws; nothing is left to remove in that case.
        throw Error(ExitCode::io_error,
                    fmt::format("cannot write {}: {}; check the directory, its permissions and the free space",
                                target_.string(), std::strerror(reason)));
    }

    std::filesystem::path target_;
    std::filesystem::path path_;
    int descriptor_ = -1;
    bool renamed_ = false;
};

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, ignored)) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the name and its permissions", path.string(),
                                file ? "it is a directory" : std::strerror(errno)));
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
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
