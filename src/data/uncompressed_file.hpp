#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace dropsweep::data {

/// The bytes of a file, or what is in it where it is a gzip file.
class UncompressedFile {
  public:
    /// @throws Error  missing_input: not there or not readable
    explicit UncompressedFile(const std::filesystem::path& path);
    ~UncompressedFile();

    /// As many bytes as there are, up to the size of `bytes`.
    /// @throws Error  missing_input: it cannot be read; bad_data: damaged gzip data
    std::size_t read(std::span<std::uint8_t> bytes);
    /// Whether the bytes come out of a gzip file.
    bool compressed() const;

  private:
    struct Stream;
    [[noreturn]] void fail();

    std::filesystem::path path_;
    std::unique_ptr<Stream> stream_;
    double size_ = 0;  ///< of the file, bytes
};

}  // namespace dropsweep::data
