#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::record {

/// What a rank runs on; the bits of a result are promised for equal CPU types and BLAS kernels only.
struct RankMachine {
    std::string host;
    std::string cpu;       ///< the model name the system gives
    std::string products;  ///< what multiplies, see linalg::describe
    bool operator==(const RankMachine&) const = default;
};

/// The machine of every rank, in rank order. Collective over world.
std::vector<RankMachine> gather_machines(const comm::Communicator& world,
                                         const linalg::GemmConfiguration& configuration);

/// Where the data came from.
struct DataProvenance {
    std::string source;  ///< directory or "synthetic"
    std::string note;    ///< why this source, when it was not the user's choice
    std::string sha256;
    std::string initial_weights_sha256;  ///< empty: not from a file
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

/// What manifest.json says about one start of the program.
struct Session {
    std::vector<std::string> command_line;
    sweep::Plan plan;
    std::vector<RankMachine> machines;
    sweep::ByChoices<train::TrainingOptions> trainings;
    int blas_threads = 1;
};

/// Writes manifest.json: program, command line, libraries, machines, plan and data of a run.
/// @throws Error  io_error
void write_manifest(const std::filesystem::path& path, const Session& session, const DataProvenance& data);

/// Adds to the manifest of a run that it was continued, when, by which command and on what.
/// @param manifest  as it is
/// @throws Error  io_error
void write_continued_manifest(const std::filesystem::path& path, nlohmann::ordered_json manifest,
                              const Session& session);

/// The version of the program.
std::string version();

/// The time now, UTC, e.g. "20260131T235959Z": ISO 8601 in the form that suits file names.
std::string utc_time();

}  // namespace dropsweep::record
