// TensorBoard event files of the trials of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::record {

/// CRC-32C. Source: RFC 3720, appendix B.4.
std::uint32_t crc32c(std::string_view bytes);

/// Writes `tensorboard/<trial>/events.out.tfevents` in the run directory: the scalars of each epoch and the
/// hyper-parameters of each trial, appended as epochs and trials end. The file of a trial that goes on is rewritten.
/// Local: no communication.
/// @throws Error  from the methods that write: io_error
class TensorBoard : public sweep::Listener {
  public:
    /// @param directory  of the run
    /// @param settings   hyper-parameters that all trials share, by name
    TensorBoard(const std::filesystem::path& directory, std::vector<sweep::Trial> trials,
                std::map<std::string, std::string> settings);

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override;
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;

  private:
    struct File {
        std::filesystem::path path;
        std::ofstream stream;
        std::uint32_t epochs = 0;  ///< in the file
    };
    File& file_of(std::size_t trial);
    void add(File& file, const train::EpochRecord& record);

    std::filesystem::path directory_;
    std::vector<sweep::Trial> trials_;
    std::map<std::string, std::string> settings_;
    std::map<std::size_t, File> files_;  ///< by trial, of the running ones
};

}  // namespace dropsweep::record
