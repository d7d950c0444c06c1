#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace dropsweep::report {

/// A grey image as the text `data:image/png;base64,...`, for the src of an <img>.
/// @param pixels  [rows, columns], row-major, 0 is black
/// @throws Error  failure: libpng cannot encode it
std::string png_data_uri(std::span<const std::uint8_t> pixels, std::size_t rows, std::size_t columns);

}  // namespace dropsweep::report
