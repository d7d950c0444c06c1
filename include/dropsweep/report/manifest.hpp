#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/plan.hpp"

namespace dropsweep::report {

/// What a rank runs on; the bits of a result are promised for equal CPU types and BLAS kernels only.
struct RankMachine {
    std::string host;
    std::string cpu;   ///< the model name the system gives
    std::string blas;  ///< library, version and kernel
    bool operator==(const RankMachine&) const = default;
};

/// The machine of every rank, in rank order. Collective over world.
std::vector<RankMachine> gather_machines(const comm::Communicator& world);

/// Where the data came from.
struct DataProvenance {
    std::string source;  ///< directory or "synthetic"
    std::string note;    ///< why this source, when it was not the user's choice
    std::string sha256;
    std::size_t training_samples = 0;
    std::size_t validation_samples = 0;
    std::size_t test_samples = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t classes = 0;
};

/// Writes manifest.json: program, command line, libraries, machines, plan and data of a run.
/// @throws Error  io_error
void write_manifest(const std::filesystem::path& path, const std::vector<std::string>& command_line,
                    const sweep::Plan& plan, const std::vector<RankMachine>& machines, const DataProvenance& data,
                    int blas_threads);

/// The version of the program.
std::string version();

/// The time now, UTC, e.g. "20260131T235959Z": ISO 8601 in the form that suits file names.
std::string utc_time();

}  // namespace dropsweep::report
