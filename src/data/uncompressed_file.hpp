// A file that may be compressed by gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace dropsweep::data {

/// Reads the bytes of a file, decompressed if it is a gzip file.
class UncompressedFile {
  public:
    /// @throws Error  missing_input: not there or not readable; usage: a gzip file, and this build has no zlib
    explicit UncompressedFile(const std::filesystem::path& path);
    ~UncompressedFile();

    /// Fills `bytes`. @return  how many, fewer only at the end of the file
    /// @throws Error  missing_input: it cannot be read; bad_data: damaged gzip data
    std::size_t read(std::span<std::uint8_t> bytes);
    /// Whether it is a gzip file.
    bool compressed() const;

  private:
    struct Stream;
    [[noreturn]] void fail();

    std::filesystem::path path_;
    std::unique_ptr<Stream> stream_;
    double size_ = 0;  ///< of the file, bytes
};

}  // namespace dropsweep::data
