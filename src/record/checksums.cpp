// Writes and checks checksums.txt, the SHA-256 of each table.
#include "dropsweep/record/checksums.hpp"

#include <span>
#include <string>

#include <fmt/format.h>

#include "dropsweep/system/files.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/hex.hpp"

namespace dropsweep::record {
namespace {

constexpr const char* kChecksums = "checksums.txt";

constexpr const char* kTables[] = {"history.csv", "summary.csv", "timing.csv"};

std::string checksum_line(const std::filesystem::path& directory, const char* table) {
    const std::string text = system::read_file(directory / table);
    return fmt::format("{}  {}\n", text::to_hex(system::sha256(std::span<const char>(text))), table);
}

}  // namespace

void write_checksums(const std::filesystem::path& directory) {
    if (std::filesystem::exists(directory / kChecksums)) return;
    std::string checksums;
    for (const char* table : kTables) checksums += checksum_line(directory, table);
    system::write_file_atomically(directory / kChecksums, checksums);
}

void remove_checksums(const std::filesystem::path& directory) {
    system::remove_file(directory / kChecksums);
}

void check_tables(const std::filesystem::path& directory) {
    const std::filesystem::path path = directory / kChecksums;
    if (!std::filesystem::exists(path)) return;
    const std::string checksums = system::read_file(path);
    for (const char* table : kTables) {
        if (checksums.find(checksum_line(directory, table)) != std::string::npos) continue;
        // A running sweep may have removed it meanwhile, before it rewrote this table.
        if (!std::filesystem::exists(path)) return;
        throw Error(ExitCode::bad_data, fmt::format("{}: its SHA-256 is not that of {}; restore the file as dropsweep "
                                                    "wrote it",
                                                    (directory / table).string(), kChecksums));
    }
}

}  // namespace dropsweep::record
