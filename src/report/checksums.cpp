#include "dropsweep/report/checksums.hpp"

#include <span>
#include <string>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"
#include "dropsweep/core/hex.hpp"
#include "dropsweep/core/sha256.hpp"

namespace dropsweep::report {
namespace {

constexpr const char* kChecksums = "checksums.txt";

std::string checksum_line(const char* table, const std::string& text) {
    return fmt::format("{}  {}\n", core::to_hex(core::sha256(std::span<const char>(text))), table);
}

}  // namespace

void write_checksums(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials,
                     const std::vector<TimingRow>& timing) {
    core::write_file_atomically(directory / kChecksums, checksum_line("history.csv", history_csv(trials)) +
                                                            checksum_line("summary.csv", summary_csv(trials)) +
                                                            checksum_line("timing.csv", timing_csv(timing)));
}

void remove_checksums(const std::filesystem::path& directory) {
    core::remove_file(directory / kChecksums);
}

void check_tables(const std::filesystem::path& directory) {
    const std::filesystem::path path = directory / kChecksums;
    if (!std::filesystem::exists(path)) return;
    const std::string checksums = core::read_file(path);
    for (const char* table : {"history.csv", "summary.csv", "timing.csv"}) {
        if (checksums.find(checksum_line(table, core::read_file(directory / table))) != std::string::npos) continue;
        // A run that goes on has removed them before it wrote this table.
        if (!std::filesystem::exists(path)) return;
        throw Error(ExitCode::bad_data, fmt::format("{}: its SHA-256 is not that of {}; restore the file as dropsweep "
                                                    "wrote it",
                                                    (directory / table).string(), kChecksums));
    }
}

}  // namespace dropsweep::report
