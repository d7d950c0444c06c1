// SHA-256 checksums of the tables of a run directory, in checksums.txt.
#pragma once

#include <filesystem>

// The tables are history.csv, summary.csv and timing.csv; `sha256sum --check checksums.txt` reads the file. It exists
// only while no run writes to them. Local: no communication.
namespace dropsweep::record {

/// To be called after the tables are written. Does nothing if checksums.txt exists.
/// @throws Error  io_error; missing_input: a table cannot be read
void write_checksums(const std::filesystem::path& directory);

/// To be called before a table is rewritten. Durable.
/// @throws Error  io_error
void remove_checksums(const std::filesystem::path& directory);

/// Compares the tables with checksums.txt, if it exists.
/// @throws Error  bad_data: a table has another checksum; missing_input: one cannot be read
void check_tables(const std::filesystem::path& directory);

}  // namespace dropsweep::record
