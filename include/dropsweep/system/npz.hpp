// NumPy's .npz archives: zip files whose members are .npy files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "dropsweep/system/npy.hpp"

// Types of libzip, whose header only npz.cpp includes.
struct zip;
struct zip_error;
struct zip_file;
struct zip_source;

namespace dropsweep::system {

struct ZipDeleter {
    void operator()(zip* archive) const;
    void operator()(zip_file* member) const;
    void operator()(zip_source* source) const;
};

/// One array of an archive: its header, and its values when they are asked for.
class NpzMember {
  public:
    const NpyHeader& header() const { return header_; }

    /// In C order; may be called once. @throws BadArray  damaged, or see npy_values
    template <class T>
    std::vector<T> values() {
        if (header_.is_native<T>()) {
            std::vector<T> values(header_.items());
            read_to_end(std::as_writable_bytes(std::span(values)));
            return values;
        }
        std::vector<std::byte> raw(header_.bytes());
        read_to_end(raw);
        return npy_values<T>(header_, raw);
    }

  private:
    friend class NpzReader;
    /// @param path  ARCHIVE/ARRAY, for `tell`
    /// @throws BadArray  see npy_header_bytes and parse_npy_header
    NpzMember(zip* archive, std::uint64_t index, std::filesystem::path path);
    std::size_t read(std::span<std::byte> bytes);
    void read_to_end(std::span<std::byte> bytes);

    std::filesystem::path path_;
    std::unique_ptr<zip_file, ZipDeleter> file_;
    NpyHeader header_;
};

/// Reads the arrays of an archive.
class NpzReader {
  public:
    /// @param remedy  in all errors; empty: each has its own, for an archive that the user has made
    /// @throws Error  missing_input: the file is not there or not readable; bad_data: it is no archive;
    ///                usage: this build has no libzip
    explicit NpzReader(const std::filesystem::path& path, std::string remedy = {});

    /// As find() takes them, in the order of the archive.
    std::vector<std::string> names() const;
    /// @return  nullopt: there is none of this name. @throws Error  bad_data
    std::optional<NpzMember> find(const std::string& name) const;
    /// @throws Error  bad_data: there is none of this name, or it is damaged
    NpzMember get(const std::string& name) const;

    /// Calls work(); a BadArray that it throws becomes an Error that begins with the name of the array.
    template <class Work>
    std::invoke_result_t<Work&> naming(const std::string& name, Work&& work) const {
        try {
            return work();
        } catch (const BadArray& error) {
            refuse(name + ": " + error.what(), error.remedy());
        }
    }
    /// @throws Error  bad_data, always
    [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const;

  private:
    std::filesystem::path path_;
    std::string remedy_;
    std::unique_ptr<zip, ZipDeleter> archive_;
};

/// Makes an archive in memory, uncompressed and with a fixed time: its bytes are a function of the arrays.
class NpzWriter {
  public:
    /// @param path  that write() writes to
    /// @throws Error  usage: this build has no libzip
    explicit NpzWriter(const std::filesystem::path& path);

    /// T is float or std::uint8_t; values in C order. @param name  without ".npy"
    template <class T>
    void add(const std::string& name, const std::vector<std::size_t>& shape, std::span<const T> values) {
        add_member(name + ".npy", npy_bytes(shape, values));
    }
    /// Writes it, atomically; nothing may be added after it.
    /// @throws Error  failure: it cannot be made in memory, or see check_fence; io_error
    void write();

  private:
    void add_member(const std::string& name, std::string content);
    [[noreturn]] void fail(zip_error* error) const;

    std::filesystem::path path_;
    std::deque<std::string> contents_;  ///< of the members; libzip reads them in write()
    std::unique_ptr<zip_source, ZipDeleter> source_;
    std::unique_ptr<zip, ZipDeleter> archive_;
};

}  // namespace dropsweep::system
