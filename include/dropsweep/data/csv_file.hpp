#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace dropsweep::data {

/// A record of a CSV file.
struct CsvLine {
    std::size_t line = 1;  ///< in which it begins, from 1
    std::vector<std::string> fields;
};

/// A small table, of which each line but the first is one thing, as people and programs write it: separated by commas,
/// semicolons or tabs, also compressed by gzip; the first record has the names. Blank records are left out. Local: no
/// communication.
/// @throws Error  missing_input; bad_data: it is no CSV file in UTF-8, has no records, or one of another length than
///                the first
std::vector<CsvLine> read_csv(const std::filesystem::path& path);

}  // namespace dropsweep::data
