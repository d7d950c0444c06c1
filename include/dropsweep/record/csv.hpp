#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::record {

/// The shortest decimal that reads back as the same double; "nan" for anything that is not finite.
std::string csv_number(double value);

/// One line of a CSV file (RFC 4180, but ended by LF alone): fields with commas, quotes or line breaks are quoted.
std::string csv_line(const std::vector<std::string>& fields);

/// Reads a CSV file row by row, with fields found by the names of their columns. Local: no communication.
class CsvReader {
  public:
    /// @param columns  the header the file must have
    /// @param before   of these, behind which there may be further ones; nullptr: nowhere
    /// @throws Error  missing_input: not there; bad_data: another header
    CsvReader(std::filesystem::path path, const std::vector<std::string>& columns, const char* before = nullptr);

    const std::vector<std::string>& further_columns() const { return further_columns_; }

    /// Goes to the next row, the first one at first; false after the last.
    /// @throws Error  bad_data: a row of another length than the header's, or an unfinished quotation
    bool next();

    // The fields of the row. They throw Error (bad_data) for what is not such a value.
    const std::string& text(std::string_view column) const;
    double number(std::string_view column) const;  ///< finite or "nan"
    std::uint64_t count(std::string_view column, std::uint64_t largest = kAnyCount) const;

    /// @throws Error  bad_data, always: file, line, `what` and a remedy
    [[noreturn]] void refuse(const std::string& what) const;

  private:
    static constexpr std::uint64_t kAnyCount = std::numeric_limits<std::uint64_t>::max();

    std::vector<std::string> read_row();

    std::filesystem::path path_;
    std::string content_;
    std::size_t position_ = 0;
    std::size_t line_ = 0;       ///< of the row, from 1
    std::size_t next_line_ = 1;  ///< of what is read next
    std::vector<std::string> columns_;
    std::vector<std::string> further_columns_;
    std::vector<std::string> row_;
};

}  // namespace dropsweep::record
