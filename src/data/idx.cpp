// Reads IDX files, their lengths checked to the byte.
#include "dropsweep/data/idx.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "dropsweep/data/table.hpp"
#include "dropsweep/text/error.hpp"

#include "memory_need.hpp"
#include "uncompressed_file.hpp"

namespace dropsweep::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBadFileRemedy = "get the file again, e.g. with scripts/fetch-mnist.sh";

[[noreturn]] void bad(const fs::path& file, const std::string& what) {
    throw Error(ExitCode::bad_data, fmt::format("{}: {}; {}", file.string(), what, kBadFileRemedy));
}

std::uint32_t big_endian(const std::uint8_t* bytes) {
    return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) |
           bytes[3];
}

bool looks_like_text(std::span<const std::uint8_t> start) {
    const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '<';
}

/// Memory for the values, and for the copy that the ranks of a node share.
void require_memory(const fs::path& file, std::size_t bytes, std::size_t memory) {
    if (2 * bytes <= memory) return;
    throw Error(ExitCode::bad_data,
                fmt::format("{}: {}; {}", file.string(), too_large(2 * bytes, memory), kTooLargeRemedy));
}

/// The content of an IDX file of unsigned bytes.
/// @param extents  out
/// @param memory   bytes that it may take
template <std::size_t Dimensions>
std::vector<std::uint8_t> read_idx(const fs::path& path, std::array<std::size_t, Dimensions>& extents,
                                   std::size_t memory) {
    constexpr std::uint32_t kUnsignedByte = 0x08;
    UncompressedFile reader(path);
    std::array<std::uint8_t, 4 + 4 * Dimensions> header{};
    const std::size_t header_bytes = reader.read(header);
    if (header_bytes == 0) bad(path, "the file is empty");
    if (looks_like_text(std::span(header).first(header_bytes))) {
        bad(path, "a web page (it starts with '<') was saved under this name");
    }
    if (path.extension() == ".gz" && !reader.compressed()) bad(path, "not gzip data in spite of its name");
    if (header_bytes < 4) bad(path, fmt::format("{} bytes are too short for an IDX file", header_bytes));
    const std::uint32_t magic = big_endian(header.data());
    const std::uint32_t expected_magic = (kUnsignedByte << 8) | static_cast<std::uint32_t>(Dimensions);
    if (magic != expected_magic) {
        bad(path, fmt::format("magic number {:#010x} instead of {:#010x} (IDX, unsigned bytes, {} dimension{})", magic,
                              expected_magic, Dimensions, Dimensions == 1 ? "" : "s"));
    }
    if (header_bytes < header.size()) bad(path, "the file ends inside its header");

    constexpr std::size_t kLargest = std::size_t{1} << 40;
    std::size_t expected = 1;
    for (std::size_t d = 0; d < Dimensions; ++d) {
        extents[d] = big_endian(header.data() + 4 + 4 * d);
        if (extents[d] == 0) bad(path, "the header announces no data (a dimension is 0)");
        if (extents[d] > kLargest / expected) bad(path, "the header announces more data than any file holds");
        expected *= extents[d];
    }

    std::error_code unknown;  // the size of a pipe
    const std::size_t file_bytes = fs::file_size(path, unknown);
    if (!reader.compressed()) require_memory(path, std::min(expected, file_bytes), memory);
    // In growing steps, so that a damaged header does not allocate memory that the file cannot fill.
    std::vector<std::uint8_t> content;
    constexpr std::size_t kFirstStep = std::size_t{1} << 20;
    while (content.size() < expected) {
        const std::size_t before = content.size();
        const std::size_t size = std::min(expected, std::max(kFirstStep, 2 * before));
        require_memory(path, size, memory);
        content.resize(size);
        const std::size_t got = reader.read(std::span(content).subspan(before));
        if (before + got < content.size()) {
            bad(path, fmt::format("too short: {} bytes of data where the header announces {}", before + got, expected));
        }
    }
    std::uint8_t extra = 0;
    if (reader.read({&extra, 1}) != 0) bad(path, fmt::format("too long: data after the {} announced bytes", expected));
    return content;
}

fs::path find_file(const fs::path& directory, const std::string& name) {
    std::string dotted = name;
    dotted[name.find("-idx")] = '.';
    for (const std::string& spelling : {name, dotted}) {
        for (const char* suffix : {"", ".gz"}) {
            std::error_code ignored;
            const fs::path path = directory / (spelling + suffix);
            if (fs::exists(path, ignored)) return path;
        }
    }
    throw Error(ExitCode::missing_input,
                fmt::format("{} holds neither {} nor {} (plain or .gz); name another directory with --data, or use "
                            "--data synthetic",
                            directory.string(), name, dotted));
}

LabelledSamples read_images(const fs::path& file, std::size_t memory) {
    std::array<std::size_t, 3> extents{};
    LabelledSamples images;
    images.pixels = read_idx(file, extents, memory);
    images.count = extents[0];
    images.rows = extents[1];
    images.columns = extents[2];
    return images;
}

LabelledSamples read_pair(const fs::path& directory, const std::string& prefix, std::size_t memory) {
    const fs::path image_file = find_file(directory, prefix + "-images-idx3-ubyte");
    const fs::path label_file = find_file(directory, prefix + "-labels-idx1-ubyte");
    LabelledSamples images = read_images(image_file, memory);
    std::array<std::size_t, 1> labels{};
    images.labels = read_idx(label_file, labels, memory);
    if (labels[0] != images.count) {
        bad(label_file,
            fmt::format("{} labels for the {} images of {}", labels[0], images.count, image_file.filename().string()));
    }
    return images;
}

}  // namespace

LabelledSamples read_idx_images(const fs::path& file, std::size_t memory) {
    std::error_code ignored;
    return read_images(fs::is_directory(file, ignored) ? find_file(file, "t10k-images-idx3-ubyte") : file, memory);
}

Dataset read_idx_directory(const fs::path& directory, std::size_t memory) {
    std::error_code ignored;
    if (!fs::is_directory(directory, ignored)) {
        throw Error(
            ExitCode::missing_input,
            fmt::format("{} is neither a directory nor an .npz file nor a table; name a directory of IDX files, "
                        "a FILE.npz or a table {} with --data, or use --data synthetic",
                        directory.string(), table_file_names()));
    }
    return {read_pair(directory, "train", memory), read_pair(directory, "t10k", memory)};
}

}  // namespace dropsweep::data
