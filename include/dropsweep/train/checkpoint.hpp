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

/// Where a trial is, and all it needs to go on from there with the bits it would have had. It knows nothing of ranks:
/// everything random is a function of (seed, epoch, sample). Move-only.
struct Checkpoint {
    std::uint32_t epoch = 0;  ///< of the next step
    std::uint64_t step = 0;   ///< steps of that epoch that are done; 0: the epochs before it are evaluated and judged
    linalg::LossAndCorrect total;      ///< over the samples of these steps
    double training_seconds = 0;       ///< of these steps
    std::vector<EpochRecord> history;  ///< [epoch]
    EarlyStopping::State early_stopping;
    linalg::FloatBuffer weights;       ///< flat, [parameters]
    linalg::FloatBuffer moments;       ///< of the optimizer, [moments of the rule, parameters]
    linalg::FloatBuffer best_weights;  ///< [parameters]; empty when they are not kept
};

/// The bytes of a checkpoint file: a fixed magic, `identity`, the trial's id, the fields in order, and last the SHA-256
/// of everything before it.
/// @param identity  digest of configuration and data, which a checkpoint must share with who goes on from it
std::string encode(const Checkpoint& checkpoint, const system::Digest& identity, std::string_view trial);

/// The reverse. Trusts no byte: neither time nor memory beyond the size of `bytes`.
/// @param parameters  elements that weights must have
/// @param moments     of each parameter
/// @throws Error  bad_data: what is wrong, without the file's name: truncated, altered, of another version, trial,
///                configuration or network
Checkpoint decode(std::string_view bytes, const system::Digest& identity, std::string_view trial,
                  std::size_t parameters, std::size_t moments = 1);

/// The checkpoints of a run: for each trial the last two generations, `<trial>.0` and `<trial>.1`, in one folder.
/// Local: no communication.
class CheckpointStore {
  public:
    /// @param directory  made when the first checkpoint is saved
    CheckpointStore(std::filesystem::path directory, const system::Digest& identity);

    struct Loaded {
        std::optional<Checkpoint> checkpoint;  ///< the furthest that is whole; none: the trial starts over
        std::vector<std::string> warnings;     ///< one for each file that cannot be used: which, why, what follows
    };
    /// Never throws for what is in the files.
    Loaded load(const std::string& trial, std::size_t parameters, std::size_t moments = 1);

    /// Replaces the older generation, durably (see system::write_file_atomically): at any instant at least one whole
    /// generation is there once the first was saved.
    /// @throws Error  io_error
    void save(const std::string& trial, const Checkpoint& checkpoint);

    /// Removes both generations of trials that have ended, in any thread: others may be saved meanwhile. Reads the
    /// folder once.
    /// @throws Error  io_error
    void remove(const std::set<std::string>& trials) const;

  private:
    std::filesystem::path file_of(const std::string& trial, int generation) const;

    std::filesystem::path directory_;
    system::Digest identity_;
    std::map<std::string, int> next_generation_;  ///< of each trial: the file that is written next
};

}  // namespace dropsweep::train
