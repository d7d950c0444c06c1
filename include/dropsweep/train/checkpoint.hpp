// The state of a trial between two steps, its file format, and the folder of checkpoints of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/train/early_stopping.hpp"
#include "dropsweep/train/result.hpp"

namespace dropsweep::train {

/// All that a trial needs to go on with the same bits, on any number of ranks: everything random is a function of
/// (seed, epoch, sample). Move-only.
struct Checkpoint {
    std::uint32_t epoch = 0;       ///< of the next step
    std::uint64_t step = 0;        ///< completed steps of that epoch; 0: the epochs before it are evaluated and judged
    linalg::LossAndCorrect total;  ///< over the samples of these `step` steps
    double training_seconds = 0;   ///< of these `step` steps
    std::vector<EpochRecord> history;  ///< [epoch]
    EarlyStopping::State early_stopping;
    linalg::FloatBuffer weights;       ///< flat, [parameters]
    linalg::FloatBuffer moments;       ///< of the optimizer, [moments of its rule, parameters]
    linalg::FloatBuffer best_weights;  ///< [parameters]; empty without restore_best_weights
};

/// The bytes of a checkpoint file: a fixed magic, `identity`, the trial's id, the fields in order, and the SHA-256 of
/// all bytes before it. Local.
/// @param identity  digest of configuration and data; only a run with the same one may go on from the checkpoint
std::string encode(const Checkpoint& checkpoint, const system::Digest& identity, std::string_view trial);

/// The reverse of encode. Safe on any input: takes time and memory in proportion to bytes.size(). Local.
/// @param parameters  elements that weights must have
/// @param moments     of each parameter, optim::RuleDefinition::moments
/// @throws Error  bad_data: truncated, altered, or of another version, trial, configuration or network; the message
///                does not name the file
Checkpoint decode(std::string_view bytes, const system::Digest& identity, std::string_view trial,
                  std::size_t parameters, std::size_t moments = 1);

/// The checkpoints of a run: for each trial the last two generations, `<trial>.0` and `<trial>.1`, in one folder.
/// Local: no communication.
class CheckpointStore {
  public:
    /// @param directory  created by the first save
    CheckpointStore(std::filesystem::path directory, const system::Digest& identity);

    struct Loaded {
        std::optional<Checkpoint> checkpoint;  ///< the most advanced valid one; none: the trial starts over
        std::vector<std::string> warnings;     ///< one for each unusable file: which, why, what follows
    };
    /// @param parameters, moments  as for decode
    /// Never throws because of a file's content.
    Loaded load(const std::string& trial, std::size_t parameters, std::size_t moments = 1);

    /// Replaces the older generation durably and atomically (see system::write_file_atomically): after the first save
    /// at least one valid generation exists at any time.
    /// @throws Error  io_error
    void save(const std::string& trial, const Checkpoint& checkpoint);

    /// Removes both generations of these trials. Other trials may be saved by other threads meanwhile. Reads the folder
    /// once.
    /// @throws Error  io_error
    void remove(const std::set<std::string>& trials) const;

  private:
    std::filesystem::path file_of(const std::string& trial, int generation) const;

    std::filesystem::path directory_;
    system::Digest identity_;
    std::map<std::string, int> next_generation_;  ///< for each trial: the generation that is written next
};

}  // namespace dropsweep::train
