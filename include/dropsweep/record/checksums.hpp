#pragma once

#include <filesystem>

// checksums.txt of a run directory: the SHA-256 of its three tables, as `sha256sum --check checksums.txt` reads it
// there. It is there while nobody writes to them. Local: no communication.
namespace dropsweep::record {

/// After the tables, of what is in them; where checksums.txt is there already, it stays.
/// @throws Error  io_error; missing_input: a table cannot be read
void write_checksums(const std::filesystem::path& directory);

/// Before a table is written anew. Durable.
/// @throws Error  io_error
void remove_checksums(const std::filesystem::path& directory);

/// Where checksums.txt is there.
/// @throws Error  bad_data: a table is not the one that was written; missing_input: it cannot be read
void check_tables(const std::filesystem::path& directory);

}  // namespace dropsweep::record
