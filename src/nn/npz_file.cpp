#include <algorithm>
#include <bit>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/nn/model_export.hpp"

namespace dropsweep::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "the arrays are announced as little-endian");

/// "00_dense_kernel": as many digits as sorting by name needs.
std::string array_name(std::size_t index, std::size_t arrays, std::string tensor) {
    std::ranges::replace(tensor, '/', '_');
    const std::size_t digits = std::max<std::size_t>(2, fmt::to_string(arrays - 1).size());
    return fmt::format("{:0{}}_{}", index, digits, tensor);
}

/// A .npy file, version 1.0: magic, length of the header, header (a Python literal) padded so that the values begin on
/// a multiple of 64 bytes, values. Source: numpy.lib.format.
std::string npy_bytes(const std::vector<std::size_t>& shape, std::span<const float> values) {
    constexpr std::size_t kAlignment = 64;
    constexpr std::size_t kPreamble = 10;
    // A tuple of one element needs its comma.
    const std::string extents =
        shape.size() == 1 ? fmt::format("{},", shape[0]) : fmt::format("{}", fmt::join(shape, ", "));
    std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", extents);
    const std::size_t padded = (kPreamble + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    header.resize(padded - kPreamble - 1, ' ');
    header += '\n';
    std::string bytes = "\x93NUMPY\x01";
    bytes += '\0';
    bytes += static_cast<char>(header.size() % 256);
    bytes += static_cast<char>(header.size() / 256);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return bytes;
}

/// A zip archive in memory. Its members are stored as they are: weights are noise to a compressor.
class Archive {
  public:
    explicit Archive(const std::filesystem::path& path)
        : path_(path), source_(zip_source_buffer_create(nullptr, 0, 0, nullptr)) {
        if (!source_) throw std::bad_alloc();
        archive_.reset(zip_open_from_source(source_.get(), ZIP_TRUNCATE, nullptr));
        if (!archive_) throw std::bad_alloc();
        zip_source_keep(source_.get());  // the archive owns the first reference now, source_ the second
    }

    /// @param content  read by bytes(): has to live until then
    void add(const std::string& name, std::string_view content) {
        zip_source_t* member = zip_source_buffer(archive_.get(), content.data(), content.size(), 0);
        const zip_int64_t index = member == nullptr ? -1 : zip_file_add(archive_.get(), name.c_str(), member, 0);
        if (index < 0) {
            zip_source_free(member);
            fail(zip_get_error(archive_.get()));
        }
        const auto at = static_cast<zip_uint64_t>(index);
        if (zip_set_file_compression(archive_.get(), at, ZIP_CM_STORE, 0) != 0 ||
            zip_file_set_dostime(archive_.get(), at, kNoon, kFirstOfJanuary1980, 0) != 0) {
            fail(zip_get_error(archive_.get()));
        }
    }

    /// The finished archive; nothing may be added after it.
    std::string bytes() {
        if (zip_close(archive_.get()) != 0) fail(zip_get_error(archive_.get()));
        static_cast<void>(archive_.release());
        zip_stat_t status;
        if (zip_source_open(source_.get()) != 0 || zip_source_stat(source_.get(), &status) != 0) {
            fail(zip_source_error(source_.get()));
        }
        std::string content(status.size, '\0');
        const zip_int64_t count = zip_source_read(source_.get(), content.data(), content.size());
        if (count != static_cast<zip_int64_t>(content.size())) fail(zip_source_error(source_.get()));
        zip_source_close(source_.get());
        return content;
    }

  private:
    // libzip goes through the local time and back: noon exists in every time zone, midnight may not.
    static constexpr zip_uint16_t kNoon = 12 << 11;
    static constexpr zip_uint16_t kFirstOfJanuary1980 = (1 << 5) | 1;

    [[noreturn]] void fail(zip_error_t* error) const {
        throw Error(ExitCode::failure, fmt::format("cannot make the archive {}: {}; check the free memory",
                                                   path_.string(), zip_error_strerror(error)));
    }

    struct Deleter {
        void operator()(zip_t* archive) const { zip_discard(archive); }
        void operator()(zip_source_t* source) const { zip_source_free(source); }
    };

    std::filesystem::path path_;
    std::unique_ptr<zip_source_t, Deleter> source_;
    std::unique_ptr<zip_t, Deleter> archive_;
};

}  // namespace

void write_npz(const std::filesystem::path& path, const Model& model) {
    const ParameterLayout layout(model.architecture);
    const std::vector<ParameterLayout::Tensor>& tensors = layout.tensors();
    std::vector<std::string> members;
    members.reserve(tensors.size() + 2);
    Archive archive(path);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto values = model.weights.span().subspan(tensors[i].offset, tensors[i].size);
        members.push_back(npy_bytes(tensors[i].shape, values));
        archive.add(array_name(i, tensors.size(), tensors[i].name) + ".npy", members.back());
    }
    for (const auto& [name, values] : {std::pair("input_mean.npy", &model.feature_means),
                                       std::pair("input_deviation.npy", &model.feature_deviations)}) {
        if (values->empty()) continue;
        members.push_back(npy_bytes({values->size()}, *values));
        archive.add(name, members.back());
    }
    core::write_file_atomically(path, archive.bytes());
}

}  // namespace dropsweep::nn
