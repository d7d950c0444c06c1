// Stands for uncompressed_file.cpp in a build without zlib.
#include "data/uncompressed_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/features.hpp"
#include "dropsweep/system/reading_progress.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::data {

struct UncompressedFile::Stream {
    std::FILE* file = nullptr;
    ~Stream() {
        if (file != nullptr) std::fclose(file);
    }
};

UncompressedFile::UncompressedFile(const std::filesystem::path& path)
    : path_(path), stream_(std::make_unique<Stream>()) {
    std::error_code ignored;
    errno = std::filesystem::is_directory(path, ignored) ? EISDIR : 0;
    if (errno == 0) stream_->file = std::fopen(path.c_str(), "rb");
    if (stream_->file == nullptr) fail();
    size_ = static_cast<double>(std::filesystem::file_size(path, ignored));
    const bool is_gzip = std::fgetc(stream_->file) == 0x1f && std::fgetc(stream_->file) == 0x8b;
    if (is_gzip) system::refuse_without("gzip", fmt::format("unpack {}", path.string()));
    std::rewind(stream_->file);
}

UncompressedFile::~UncompressedFile() = default;

bool UncompressedFile::compressed() const {
    return false;
}

std::size_t UncompressedFile::read(std::span<std::uint8_t> bytes) {
    const system::Activity::Scope reading(system::Activity::Kind::in_system);
    const std::size_t total = std::fread(bytes.data(), 1, bytes.size(), stream_->file);
    if (total < bytes.size() && std::ferror(stream_->file) != 0) fail();
    system::ReadingProgress::at(path_, static_cast<double>(std::ftell(stream_->file)) / size_);
    return total;
}

void UncompressedFile::fail() {
    throw Error(ExitCode::missing_input, fmt::format("cannot read {}: {}; check the file and its permissions",
                                                     path_.string(), std::strerror(errno)));
}

}  // namespace dropsweep::data
