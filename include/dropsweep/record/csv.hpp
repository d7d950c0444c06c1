// Writing and reading of CSV files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace dropsweep::record {

/// The shortest decimal that reads back as the same double; "nan" if it is not finite.
std::string csv_number(double value);

/// One line of a CSV file (RFC 4180, but ended by LF only): fields with commas, quotes or line breaks are quoted.
std::string csv_line(const std::vector<std::string>& fields);

/// Reads a CSV file row by row; fields are found by column name. Local: no communication.
class CsvReader {
  public:
    /// @param columns  the header that the file must have
    /// @param before   the column after which the file may have further ones; nullptr: it may have none
    /// @throws Error  missing_input: the file cannot be read; bad_data: it has another header
    CsvReader(std::filesystem::path path, const std::vector<std::string>& columns, const char* before = nullptr);

    const std::vector<std::string>& further_columns() const { return further_columns_; }

    /// Reads the next row. @return  false: there is none
    /// @throws Error  bad_data: the number of fields is not that of the header, or the last line is incomplete
    bool next();

    // A field of the row; the column must exist. Throw Error (bad_data) if it is not such a value.
    const std::string& text(std::string_view column) const;
    double number(std::string_view column) const;                                           ///< finite or "nan"
    std::uint64_t count(std::string_view column, std::uint64_t largest = kAnyCount) const;  ///< at most `largest`

    /// @throws Error  bad_data, always; the message has file, line, `what` and a remedy
    [[noreturn]] void refuse(const std::string& what) const;

  private:
    static constexpr std::uint64_t kAnyCount = std::numeric_limits<std::uint64_t>::max();

    std::vector<std::string> read_row();

    std::filesystem::path path_;
    std::string content_;
    std::size_t position_ = 0;
    std::size_t line_ = 0;       ///< of the present row, from 1
    std::size_t next_line_ = 1;  ///< of position_
    std::vector<std::string> columns_;
    std::vector<std::string> further_columns_;
    std::vector<std::string> row_;
};

}  // namespace dropsweep::record
