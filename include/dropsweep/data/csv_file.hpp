// Small CSV files as a whole, e.g. a list of settings.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace dropsweep::data {

/// A record of a CSV file.
struct CsvLine {
    std::size_t line = 1;  ///< where it begins in the file, from 1
    std::vector<std::string> fields;
};

/// Reads a table whose first record has the names of the columns: separated by commas, semicolons or tabs, also
/// compressed by gzip. Blank records are left out. Local: no communication.
/// @return  the names, then at least one record
/// @throws Error  missing_input; bad_data: it is no CSV file in UTF-8, has no record but the first, or one of another
///                length than the first; usage: this build has no libcsv
std::vector<CsvLine> read_csv(const std::filesystem::path& path);

}  // namespace dropsweep::data
