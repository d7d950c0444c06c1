// manifest.json: what a run was made with - program, command line, libraries, machines, plan and data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::record {

/// The machine of a rank. With OpenBLAS or bf16 products equal bits are promised for equal CPU types and kernels only.
struct RankMachine {
    std::string host;
    std::string cpu;       ///< "model name" of /proc/cpuinfo
    std::string products;  ///< the matrix product kernels, see linalg::describe
    bool operator==(const RankMachine&) const = default;
};

/// The machines of all ranks, in rank order; texts are cut to 127 bytes. Collective over world.
std::vector<RankMachine> gather_machines(const comm::Communicator& world,
                                         const linalg::GemmConfiguration& configuration);

/// Origin and shape of the data.
struct DataProvenance {
    std::string source;                  ///< directory or "synthetic"
    std::string note;                    ///< why this source, if the user did not choose it; else empty
    std::string sha256;                  ///< data::content_hash
    std::string initial_weights_sha256;  ///< empty: initial weights are not from a file
    std::size_t training_samples = 0;
    std::size_t validation_samples = 0;
    std::size_t test_samples = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t classes = 0;
    std::vector<std::string> class_names = {};
    std::vector<std::string> feature_names = {};  ///< empty: they have none
    std::vector<float> class_weights = {};        ///< of the training loss; empty: 1 each
};

/// One start of the program.
struct Session {
    std::vector<std::string> command_line;
    sweep::Plan plan;
    std::vector<RankMachine> machines;
    sweep::ByChoices<train::TrainingOptions> trainings;
    int blas_threads = 1;
};

/// Writes a manifest, with bytes replaced that are not UTF-8. Local.
/// @throws Error  io_error
void write_manifest(const std::filesystem::path& path, const nlohmann::ordered_json& manifest);

/// Writes the manifest of a new run. Local.
void write_manifest(const std::filesystem::path& path, const Session& session, const DataProvenance& data);

/// Adds a session that continues the run to its manifest. Local.
/// @param manifest  the present content
/// @throws Error  io_error
void write_continued_manifest(const std::filesystem::path& path, nlohmann::ordered_json manifest,
                              const Session& session);

/// The version of the program.
std::string version();

/// The present time, UTC, in the basic format of ISO 8601, which suits file names: "20260131T235959Z".
std::string utc_time();

}  // namespace dropsweep::record
