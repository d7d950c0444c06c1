#include "png_image.hpp"

#include <vector>

#include <openssl/evp.h>
#include <png.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::report {
namespace {

std::string base64(std::span<const unsigned char> bytes) {
    // EVP_EncodeBlock writes a terminating zero.
    std::vector<unsigned char> text(4 * ((bytes.size() + 2) / 3) + 1);
    const int length = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
    return {text.begin(), text.begin() + length};
}

[[noreturn]] void fail(const png_image& image) {
    throw Error(ExitCode::failure,
                std::string("libpng cannot encode an image: ") + image.message + "; check its installation");
}

}  // namespace

std::string png_data_uri(std::span<const std::uint8_t> pixels, std::size_t rows, std::size_t columns) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(columns);
    image.height = static_cast<png_uint_32>(rows);
    image.format = PNG_FORMAT_GRAY;
    std::vector<unsigned char> bytes(PNG_IMAGE_PNG_SIZE_MAX(image));
    png_alloc_size_t size = bytes.size();
    const auto stride = static_cast<png_int_32>(columns);
    if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), stride, nullptr) == 0) fail(image);
    return "data:image/png;base64," + base64({bytes.data(), size});
}

}  // namespace dropsweep::report
