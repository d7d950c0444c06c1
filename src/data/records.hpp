// The records of a table, one after the other, whatever its syntax.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uncompressed_file.hpp"

namespace dropsweep::data {

/// Visits the records of a text file, and knows the line of each. Local: no communication.
class Records {
  public:
    /// The fields of a sample, empty where a value is missing, or the names of the columns.
    using Record = std::vector<std::string_view>;
    /// Called with each record, whose fields live until it returns.
    using Visit = std::function<void(const Record&)>;

    virtual ~Records() = default;
    Records(const Records&) = delete;

    /// May be called once.
    /// @throws Error  bad_data: it is empty, not of this syntax or not in UTF-8, with the line; what visit throws
    void for_each(const Visit& visit);
    /// Whether the first record has the names of the columns. A syntax with names makes a record of them, wherever they
    /// stand.
    virtual bool is_header(const Record& first) const = 0;

    bool compressed() const { return file_.compressed(); }
    /// The line in which the visited record begins, from 1.
    std::size_t line() const { return record_line_; }
    /// Bytes of the visited record, as far as it is read.
    std::size_t record_bytes() const { return record_bytes_; }
    /// @throws Error  bad_data, always: the file, what is wrong, the remedy
    [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const;
    /// Likewise, with the line of the visited record.
    [[noreturn]] void refuse_line(const std::string& what, const std::string& remedy) const;

  protected:
    /// @throws Error  as UncompressedFile
    explicit Records(const std::filesystem::path& path) : path_(path), file_(path) {}

    void visit(const Record& record) const { (*visit_)(record); }

  private:
    /// Before all others. @param bytes  the first ones of the file
    virtual void begin(std::string_view /*bytes*/) {}
    /// Whether a record begins with the next line.
    virtual bool is_between_records() const { return true; }
    /// Parses a line, and visits the records that end in it. @param line  with its end, as far as the file has one
    virtual void take(std::string_view line) = 0;
    /// After the last line.
    virtual void finish() {}
    void require_length(std::size_t more) const;
    void take_line(std::string_view line);

    std::filesystem::path path_;
    UncompressedFile file_;
    const Visit* visit_ = nullptr;
    std::size_t line_ = 1;         ///< of what is read, from 1
    std::size_t record_line_ = 1;  ///< in which the record begins
    std::size_t record_bytes_ = 0;
};

/// A value of a table, as C writes it; nullopt: it is no number, or not finite.
std::optional<double> finite_number(std::string_view text);

/// Whether a file is called like a table, plain or compressed.
bool is_table(const std::filesystem::path& path);

/// Opens a table, whose syntax its name tells. @throws Error  as UncompressedFile; usage: this build cannot read it
std::unique_ptr<Records> open_records(const std::filesystem::path& path);

/// Opens a CSV file of any name (RFC 4180; separated by commas, semicolons or tabs). Its first record is a header if
/// none of its fields is a number, or if its numbers count the columns. @throws Error  as open_records
std::unique_ptr<Records> open_csv_records(const std::filesystem::path& path);

}  // namespace dropsweep::data
