// .npz archives by libzip.
#include "dropsweep/system/npz.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <zip.h>

#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/reading_progress.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/utf8.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::system {

namespace fs = std::filesystem;

void ZipDeleter::operator()(zip* archive) const {
    zip_discard(archive);
}
void ZipDeleter::operator()(zip_file* member) const {
    zip_fclose(member);
}
void ZipDeleter::operator()(zip_source* source) const {
    zip_source_free(source);
}

NpzMember::NpzMember(zip* archive, std::uint64_t index, fs::path path)
    : path_(std::move(path)), file_(zip_fopen_index(archive, index, 0)) {
    if (!file_) throw BadArray(zip_strerror(archive));
    std::string start(kNpyPreamble, '\0');
    start.resize(read(std::as_writable_bytes(std::span(start))));
    const std::size_t size = npy_header_bytes(start);
    constexpr std::size_t kLargestHeader = std::size_t{1} << 20;
    if (size > kLargestHeader) throw BadArray("its header is longer than any");
    // The preamble of version 1.0 is shorter, but no header is so short that its values begin in it.
    if (size < start.size()) throw BadArray("its header is not that of a .npy file");
    start.resize(size);
    if (read(std::as_writable_bytes(std::span(start)).subspan(kNpyPreamble)) != size - kNpyPreamble) {
        throw BadArray("it ends inside its header");
    }
    header_ = parse_npy_header(start);
    zip_stat_t stat;
    zip_stat_index(archive, index, 0, &stat);
    if ((stat.valid & ZIP_STAT_SIZE) != 0 && stat.size != size + header_.bytes()) {
        throw BadArray(fmt::format("{} bytes of values where its header announces {} ({})", stat.size - size,
                                   header_.bytes(), header_.describe()));
    }
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
        throw BadArray("it is neither stored nor deflated");
    }
    // Checked before memory is allocated: deflate makes at most 1032 bytes of one.
    constexpr zip_uint64_t kMostOfADeflatedByte = 1032;
    if (stat.comp_size < stat.size / kMostOfADeflatedByte) {
        throw BadArray(fmt::format("{} bytes of the archive cannot hold {}", stat.comp_size, header_.describe()));
    }
}

std::size_t NpzMember::read(std::span<std::byte> bytes) {
    const Activity::Scope reading(Activity::Kind::in_system);
    std::size_t total = 0;
    while (total < bytes.size()) {
        constexpr std::size_t kLargestRead = std::size_t{1} << 24;
        const std::size_t wanted = std::min(bytes.size() - total, kLargestRead);
        const zip_int64_t got = zip_fread(file_.get(), bytes.data() + total, wanted);
        if (got < 0) throw BadArray(fmt::format("damaged ({})", zip_file_strerror(file_.get())));
        if (got == 0) break;
        total += static_cast<std::size_t>(got);
        ReadingProgress::at(path_, static_cast<double>(total) / static_cast<double>(bytes.size()));
    }
    return total;
}

/// Reads beyond the last byte: only there libzip compares the checksum.
void NpzMember::read_to_end(std::span<std::byte> bytes) {
    std::byte extra{};
    if (read(bytes) != bytes.size()) throw BadArray("it ends too early");
    if (read(std::span(&extra, 1)) != 0) throw BadArray("there is something behind its values");
}

NpzReader::NpzReader(const fs::path& path, std::string remedy) : path_(path), remedy_(std::move(remedy)) {
    // Opened here first, for errno: libzip's error does not tell why a file cannot be read.
    errno = 0;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) errno = EISDIR;
    if (errno != 0 || !std::ifstream(path).is_open()) {
        throw Error(ExitCode::missing_input, fmt::format("cannot read {}: {}; check the file and its permissions",
                                                         path.string(), std::strerror(errno)));
    }
    int code = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (archive_) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    refuse(fmt::format("no archive of arrays ({})", reason), "make it with numpy.savez");
}

std::vector<std::string> NpzReader::names() const {
    std::vector<std::string> names;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
        const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
        if (name == nullptr) continue;
        std::string_view shown_name = name;
        if (shown_name.ends_with(".npy")) shown_name.remove_suffix(4);
        names.emplace_back(shown_name);
    }
    return names;
}

std::optional<NpzMember> NpzReader::find(const std::string& name) const {
    const zip_int64_t index = zip_name_locate(archive_.get(), (name + ".npy").c_str(), 0);
    if (index < 0) return std::nullopt;
    return naming(name, [&] { return NpzMember(archive_.get(), static_cast<zip_uint64_t>(index), path_ / name); });
}

NpzMember NpzReader::get(const std::string& name) const {
    std::optional<NpzMember> member = find(name);
    if (member) return std::move(*member);
    std::vector<std::string> held = names();
    for (std::string& each : held) each = text::shown(each);
    refuse(fmt::format("no array {}", name),
           fmt::format("it holds {}: save it under this name", held.empty() ? "nothing" : text::listed(held, 8)));
}

void NpzReader::refuse(const std::string& what, const std::string& remedy) const {
    throw Error(ExitCode::bad_data,
                fmt::format("{}: {}; {}", path_.string(), what, remedy_.empty() ? remedy : remedy_));
}

NpzWriter::NpzWriter(const fs::path& path) : path_(path), source_(zip_source_buffer_create(nullptr, 0, 0, nullptr)) {
    if (!source_) throw std::bad_alloc();
    archive_.reset(zip_open_from_source(source_.get(), ZIP_TRUNCATE, nullptr));
    if (!archive_) throw std::bad_alloc();
    zip_source_keep(source_.get());  // the archive owns the first reference now, source_ the second
}

void NpzWriter::add_member(const std::string& name, std::string content) {
    // libzip goes through the local time and back: noon exists in every time zone, midnight may not.
    constexpr zip_uint16_t kNoon = 12 << 11;
    constexpr zip_uint16_t kFirstOfJanuary1980 = (1 << 5) | 1;
    const std::string& kept = contents_.emplace_back(std::move(content));
    zip_source_t* member = zip_source_buffer(archive_.get(), kept.data(), kept.size(), 0);
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

void NpzWriter::write() {
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
    write_file_atomically(path_, content);
}

void NpzWriter::fail(zip_error* error) const {
    throw Error(ExitCode::failure, fmt::format("cannot make the archive {}: {}; check the free memory", path_.string(),
                                               zip_error_strerror(error)));
}

}  // namespace dropsweep::system
