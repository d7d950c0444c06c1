#pragma once

#include <filesystem>
#include <vector>

#include "dropsweep/report/tables.hpp"

// checksums.txt of a run directory: the SHA-256 of its three tables, as `sha256sum --check checksums.txt` reads it
// there. It is there while nobody writes to them. Local: no communication.
namespace dropsweep::report {

/// After the tables.
/// @throws Error  io_error
void write_checksums(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials,
                     const std::vector<TimingRow>& timing);

/// Before a table is written anew. Durable.
/// @throws Error  io_error
void remove_checksums(const std::filesystem::path& directory);

/// Where checksums.txt is there.
/// @throws Error  bad_data: a table is not the one that was written; missing_input: it cannot be read
void check_tables(const std::filesystem::path& directory);

}  // namespace dropsweep::report
