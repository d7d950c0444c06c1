// The .npy format, by hand: Debian has no library that reads it in C++.
#include "dropsweep/system/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dropsweep/text/utf8.hpp"

namespace dropsweep::system {
namespace {

static_assert(std::endian::native == std::endian::little, "see native()");

constexpr std::string_view kMagic = "\x93NUMPY";

/// Parses a header: the literal of a Python dictionary with three entries.
class HeaderParser {
  public:
    explicit HeaderParser(std::string_view text) : rest_(text) {}

    NpyHeader parse() {
        NpyHeader header;
        int entries = 0;
        expect('{');
        while (!take('}')) {
            const std::string_view key = string();
            expect(':');
            if (key == "descr") {
                set_type(header, string());
            } else if (key == "fortran_order") {
                header.is_fortran_order = boolean();
            } else if (key == "shape") {
                header.shape = shape();
            } else {
                fail();
            }
            ++entries;
            if (!take(',') && next() != '}') fail();
        }
        if (entries != 3 || header.item_bytes == 0 || next() != '\0') fail();
        return header;
    }

  private:
    [[noreturn]] static void fail() { throw BadArray("its header is not that of a .npy file"); }

    char next() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
        return rest_.empty() ? '\0' : rest_.front();
    }
    bool take(char c) {
        if (next() != c || c == '\0') return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail();
    }
    std::string_view take_first(std::size_t size) {
        const std::string_view first = rest_.substr(0, size);
        rest_.remove_prefix(first.size());
        return first;
    }

    std::string_view string() {
        const char quote = next();
        if (quote == '[') throw BadArray("a structured array", "give plain arrays of numbers");
        if (quote != '\'' && quote != '"') fail();
        rest_.remove_prefix(1);
        const std::size_t end = rest_.find(quote);
        if (end == std::string_view::npos) fail();
        const std::string_view text = take_first(end);
        rest_.remove_prefix(1);
        return text;
    }
    bool boolean() {
        next();
        for (const auto& [word, value] : {std::pair<std::string_view, bool>("True", true), {"False", false}}) {
            if (rest_.starts_with(word)) {
                rest_.remove_prefix(word.size());
                return value;
            }
        }
        fail();
    }
    std::vector<std::size_t> shape() {
        std::vector<std::size_t> extents;
        expect('(');
        while (!take(')')) {
            next();
            std::size_t extent = 0;
            const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
            if (error == std::errc::result_out_of_range) throw BadArray("it announces more data than any file holds");
            if (error != std::errc()) fail();
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            if (rest_.starts_with('L')) rest_.remove_prefix(1);  // a long of Python 2
            extents.push_back(extent);
            if (!take(',') && next() != ')') fail();
        }
        return extents;
    }

    static void set_type(NpyHeader& header, std::string_view type) {
        const auto refuse = [&] {
            throw BadArray(fmt::format("type '{}'", text::shown(type)), "give integers, floats or booleans");
        };
        if (type.size() < 3) refuse();
        const char* const digits = type.data() + 2;
        const auto [end, error] = std::from_chars(digits, type.data() + type.size(), header.item_bytes);
        header.kind = type[1];
        header.is_big_endian = type[0] == '>';
        const auto is = [&](char kind, std::initializer_list<std::size_t> sizes) {
            return header.kind == kind && std::ranges::find(sizes, header.item_bytes) != sizes.end();
        };
        const bool is_known = is('u', {1, 2, 4, 8}) || is('i', {1, 2, 4, 8}) || is('f', {2, 4, 8}) || is('b', {1});
        if (error != std::errc() || end != type.data() + type.size() || !is_known ||
            std::string_view("<>|=").find(type[0]) == std::string_view::npos) {
            refuse();
        }
    }

    std::string_view rest_;
};

/// IEEE 754 half precision.
struct Half {
    std::uint16_t bits;
    explicit operator float() const {
        const int exponent = bits >> 10 & 31;
        const auto fraction = static_cast<float>(bits & 1023);
        float value = std::ldexp(1024 + fraction, exponent - 25);
        if (exponent == 0) value = std::ldexp(fraction, -24);
        if (exponent == 31) {
            value = fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
        }
        return (bits & 0x8000) == 0 ? value : -value;
    }
};

template <class Raw>
Raw native(const std::byte* bytes, bool is_big_endian) {
    std::array<std::byte, sizeof(Raw)> ordered;
    std::copy_n(bytes, sizeof(Raw), ordered.begin());
    if (is_big_endian) std::ranges::reverse(ordered);
    return std::bit_cast<Raw>(ordered);
}

template <class T, class Raw>
T rounded(Raw raw) {
    if constexpr (std::is_same_v<Raw, Half>) {
        return static_cast<T>(static_cast<float>(raw));
    } else {
        if constexpr (std::is_same_v<T, std::int64_t> && std::is_same_v<Raw, std::uint64_t>) {
            if (raw > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) {
                throw BadArray(fmt::format("{} is too large", raw), "give smaller labels");
            }
        }
        return static_cast<T>(raw);
    }
}

/// In Fortran order samples are one item apart. @return  [features] items from a sample's first feature to each
std::vector<std::size_t> fortran_offsets(const std::vector<std::size_t>& shape, std::size_t features) {
    std::vector<std::size_t> offsets(features, 0);
    for (std::size_t feature = 0; feature < features; ++feature) {
        std::size_t rest = feature;
        std::size_t stride = shape[0];
        std::vector<std::size_t> strides;
        for (std::size_t d = 1; d < shape.size(); ++d) {
            strides.push_back(stride);
            stride *= shape[d];
        }
        for (std::size_t d = shape.size(); d-- > 1;) {
            offsets[feature] += rest % shape[d] * strides[d - 1];
            rest /= shape[d];
        }
    }
    return offsets;
}

template <class Raw, class T>
std::vector<T> values_of(const NpyHeader& header, std::span<const std::byte> raw) {
    std::vector<T> values(header.items());
    const auto item = [&](std::size_t at) {
        return rounded<T>(native<Raw>(raw.data() + at * sizeof(Raw), header.is_big_endian));
    };
    if (!header.is_fortran_order || header.shape.size() < 2) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = item(i);
        return values;
    }
    const std::size_t samples = header.shape[0];
    const std::vector<std::size_t> offsets = fortran_offsets(header.shape, values.size() / samples);
    for (std::size_t i = 0; i < samples; ++i) {
        for (std::size_t j = 0; j < offsets.size(); ++j) values[i * offsets.size() + j] = item(i + offsets[j]);
    }
    return values;
}

}  // namespace

std::size_t NpyHeader::items() const {
    std::size_t items = 1;
    for (const std::size_t extent : shape) {
        if (extent != 0 && items > (std::size_t{1} << 48) / extent) {
            throw BadArray("it announces more data than any file holds");
        }
        items *= extent;
    }
    return items;
}

std::string NpyHeader::describe() const {
    const char* const name = kind == 'u' ? "uint" : kind == 'i' ? "int" : kind == 'f' ? "float" : "bool";
    const std::string bits = kind == 'b' ? "" : fmt::to_string(8 * item_bytes);
    return fmt::format("{}{} of shape ({}{})", name, bits, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

std::size_t npy_header_bytes(std::string_view preamble) {
    if (preamble.size() < kNpyPreamble || !preamble.starts_with(kMagic)) {
        throw BadArray("not a .npy file");
    }
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<std::uint8_t>(preamble[at])}; };
    const std::size_t version = byte(6);
    if (version == 1) return 10 + byte(8) + (byte(9) << 8);
    if (version > 3) throw BadArray(fmt::format("version {} of the .npy format is not known", version));
    return 12 + byte(8) + (byte(9) << 8) + (byte(10) << 16) + (byte(11) << 24);
}

NpyHeader parse_npy_header(std::string_view start) {
    const std::size_t preamble = start[6] == 1 ? 10 : 12;
    if (start.size() < preamble) throw BadArray("it ends inside its header");
    return HeaderParser(start.substr(preamble)).parse();
}

/// Magic, length of the header, header (a Python literal) padded so that the values begin on a multiple of 64 bytes.
/// Source: numpy.lib.format.
template <class T>
std::string npy_bytes(const std::vector<std::size_t>& shape, std::span<const T> values) {
    constexpr std::size_t kAlignment = 64;
    constexpr std::size_t kPreamble = 10;
    // A tuple of one element needs its comma.
    const std::string extents =
        shape.size() == 1 ? fmt::format("{},", shape[0]) : fmt::format("{}", fmt::join(shape, ", "));
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                     std::is_same_v<T, float> ? "<f4" : "|u1", extents);
    const std::size_t padded = (kPreamble + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    header.resize(padded - kPreamble - 1, ' ');
    header += '\n';
    std::string bytes(kMagic);
    bytes += {'\1', '\0', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return bytes;
}

template std::string npy_bytes(const std::vector<std::size_t>&, std::span<const float>);
template std::string npy_bytes(const std::vector<std::size_t>&, std::span<const std::uint8_t>);

template <class T>
std::vector<T> npy_values(const NpyHeader& header, std::span<const std::byte> raw) {
    const bool is_signed = header.kind == 'i';
    switch (header.item_bytes) {
        case 1:
            return is_signed ? values_of<std::int8_t, T>(header, raw) : values_of<std::uint8_t, T>(header, raw);
        case 2:
            if (header.kind == 'f') return values_of<Half, T>(header, raw);
            return is_signed ? values_of<std::int16_t, T>(header, raw) : values_of<std::uint16_t, T>(header, raw);
        case 4:
            if (header.kind == 'f') return values_of<float, T>(header, raw);
            return is_signed ? values_of<std::int32_t, T>(header, raw) : values_of<std::uint32_t, T>(header, raw);
        default:
            if (header.kind == 'f') return values_of<double, T>(header, raw);
            return is_signed ? values_of<std::int64_t, T>(header, raw) : values_of<std::uint64_t, T>(header, raw);
    }
}

template std::vector<std::uint8_t> npy_values(const NpyHeader&, std::span<const std::byte>);
template std::vector<std::int64_t> npy_values(const NpyHeader&, std::span<const std::byte>);
template std::vector<float> npy_values(const NpyHeader&, std::span<const std::byte>);

}  // namespace dropsweep::system
