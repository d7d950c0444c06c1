// Reads files by zlib, which passes through what is not gzip.
#include "uncompressed_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <zlib.h>

#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/reading_progress.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::data {

struct UncompressedFile::Stream {
    gzFile file = nullptr;
    ~Stream() { gzclose(file); }
};

UncompressedFile::UncompressedFile(const std::filesystem::path& path)
    : path_(path), stream_(std::make_unique<Stream>()) {
    std::error_code ignored;
    errno = std::filesystem::is_directory(path, ignored) ? EISDIR : 0;
    if (errno == 0) stream_->file = gzopen(path.c_str(), "rb");
    if (stream_->file == nullptr) {
        throw Error(ExitCode::missing_input, fmt::format("cannot read {}: {}; check the file and its permissions",
                                                         path.string(), std::strerror(errno)));
    }
    gzbuffer(stream_->file, 1u << 18);
    size_ = static_cast<double>(std::filesystem::file_size(path, ignored));
}

UncompressedFile::~UncompressedFile() = default;

bool UncompressedFile::compressed() const {
    return gzdirect(stream_->file) == 0;
}

std::size_t UncompressedFile::read(std::span<std::uint8_t> bytes) {
    const system::Activity::Scope reading(system::Activity::Kind::in_system);
    constexpr std::size_t kLargestRead = 1u << 24;
    std::size_t total = 0;
    while (total < bytes.size()) {
        const auto wanted = static_cast<unsigned>(std::min(bytes.size() - total, kLargestRead));
        const int got = gzread(stream_->file, bytes.data() + total, wanted);
        if (got < 0) fail();
        if (got == 0) break;
        total += static_cast<std::size_t>(got);
        system::ReadingProgress::at(path_, static_cast<double>(gzoffset(stream_->file)) / size_);
    }
    if (total < bytes.size()) {
        // A compressed file that ends too early is an error of its own, not just a short file.
        int code = Z_OK;
        gzerror(stream_->file, &code);
        if (code != Z_OK) fail();
    }
    return total;
}

void UncompressedFile::fail() {
    int code = Z_OK;
    const std::string reason = gzerror(stream_->file, &code);
    if (code == Z_ERRNO) {
        throw Error(ExitCode::missing_input,
                    fmt::format("cannot read {}: {}; check the disk", path_.string(), std::strerror(errno)));
    }
    throw Error(ExitCode::bad_data,
                fmt::format("{}: damaged gzip data ({}); get the file again, e.g. with scripts/fetch-mnist.sh",
                            path_.string(), code == Z_BUF_ERROR ? "it ends too early" : "checksum or code"));
}

}  // namespace dropsweep::data
