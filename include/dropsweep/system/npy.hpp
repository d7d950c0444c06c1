// NumPy's .npy format: the header and the values of one array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dropsweep::system {

/// What is wrong with an array, in words that follow its name in a message, and the remedy.
class BadArray : public std::runtime_error {
  public:
    explicit BadArray(const std::string& what, std::string remedy = "make the archive again with numpy.savez")
        : std::runtime_error(what), remedy_(std::move(remedy)) {}
    const std::string& remedy() const { return remedy_; }

  private:
    std::string remedy_;
};

/// The type and shape of the values. Source: numpy.lib.format, versions 1.0 to 3.0.
struct NpyHeader {
    char kind = 'f';  ///< as in NumPy: u, i, f, b
    std::size_t item_bytes = 0;
    bool is_big_endian = false;
    bool is_fortran_order = false;
    std::vector<std::size_t> shape;

    /// @throws BadArray  more than 2^48
    std::size_t items() const;
    std::size_t bytes() const { return items() * item_bytes; }
    /// Whether the values are a C array of T in the file.
    template <class T>
    bool is_native() const {
        const char wanted = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
        return kind == wanted && item_bytes == sizeof(T) && (!is_big_endian || sizeof(T) == 1) &&
               (!is_fortran_order || shape.size() < 2);
    }
    /// "float64 of shape (3, 4)".
    std::string describe() const;
};

constexpr std::size_t kNpyPreamble = 12;  ///< bytes that hold the header's length: 12, in version 1.0 the first 10

/// @param preamble  the first kNpyPreamble bytes
/// @return  bytes before the values
/// @throws BadArray  no .npy file, or of another version
std::size_t npy_header_bytes(std::string_view preamble);

/// @param start  the bytes before the values
/// @throws BadArray  not such a header, or types other than those above, such as Python objects
NpyHeader parse_npy_header(std::string_view start);

/// A .npy file of version 1.0, in C order. T is float or std::uint8_t. @param shape  of values
template <class T>
std::string npy_bytes(const std::vector<std::size_t>& shape, std::span<const T> values);

/// The values in C order, rounded to T: std::int64_t, float, or std::uint8_t for an array of that type.
/// @param raw  header.bytes() bytes
/// @throws BadArray  T is std::int64_t and a value is too large for it
template <class T>
std::vector<T> npy_values(const NpyHeader& header, std::span<const std::byte> raw);

}  // namespace dropsweep::system
