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

/// Event files for TensorBoard, `tensorboard/<trial>/events.out.tfevents` in the run directory: the scalars of each
/// epoch and the hyper-parameters of each trial, appended as epochs and trials end. That of a trial which goes on is
/// written anew. The methods throw Error (io_error) when a file cannot be written.
class TensorBoard : public sweep::Listener {
  public:
    /// @param directory  of the run
    /// @param settings   hyper-parameters of all trials, by their names
    TensorBoard(const std::filesystem::path& directory, std::vector<sweep::Trial> trials,
                std::map<std::string, std::string> settings);

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override;
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;

  private:
    struct File {
        std::filesystem::path path;
        std::ofstream stream;
        std::uint32_t epochs = 0;  ///< that are in it
    };
    File& file_of(std::size_t trial);
    void add(File& file, const train::EpochRecord& record);

    std::filesystem::path directory_;
    std::vector<sweep::Trial> trials_;
    std::map<std::string, std::string> settings_;
    std::map<std::size_t, File> files_;  ///< of the trials that run
};

}  // namespace dropsweep::record
