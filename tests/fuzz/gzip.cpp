// Input: a byte n, then an IDX file. n = 0: the file is taken as it is, compressed or not. Else it is compressed, for
// no fuzzer finds a checksum that fits: its first n - 1 bytes and the others, as two members one after the other.

#include "../support/gzip.hpp"

#include <algorithm>
#include <optional>

#include "dropsweep/data/idx.hpp"

#include "fuzz.hpp"

namespace {

using namespace dropsweep;
using testing_support::gzip;

/// The images of a file; none if it is refused.
std::optional<data::LabelledSamples> read(const std::filesystem::path& path) {
    try {
        return data::read_idx_images(path);
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view content = fuzz::as_text(data + 1, size - 1);
    if (data[0] == 0) {
        const auto images = read(fuzz::file("images.gz", content));
        if (images) {
            fuzz::require(images->pixels.size() == images->count * images->rows * images->columns,
                          "each pixel is there");
        }
        return 0;
    }
    const std::size_t cut = std::min<std::size_t>(data[0] - 1u, content.size());
    const auto compressed = read(fuzz::file("images.gz", gzip(content.substr(0, cut)) + gzip(content.substr(cut))));
    if (content.starts_with("\x1f\x8b")) return 0;  // under a plain name it would be decompressed once more
    const auto plain = read(fuzz::file("images", content));
    fuzz::require(compressed.has_value() == plain.has_value(), "compressed and plain are accepted alike");
    if (plain) {
        fuzz::require(compressed->pixels == plain->pixels && compressed->count == plain->count &&
                          compressed->rows == plain->rows && compressed->columns == plain->columns,
                      "compressed and plain give the same images");
    }
    return 0;
}
