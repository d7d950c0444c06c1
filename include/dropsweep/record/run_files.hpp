#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dropsweep/record/run_record.hpp"
#include "dropsweep/record/tables.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/prediction.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::record {

/// Keeps history.csv, summary.csv and timing.csv of a run directory up to date: each is rewritten whole, in the order
/// of the trial list, as epochs and trials end, but for at most a twentieth of the time. The first two hold nothing
/// that depends on clock, machine or ranks. From the end until one is written again checksums.txt stands beside them.
/// The methods throw Error (io_error) when a file cannot be written.
class RunFiles : public sweep::Listener {
  public:
    /// @param earlier   what the directory holds of the same run; empty for a new one. Its times stay in timing.csv,
    ///                  the new ones follow them.
    /// @param recorded  called with the ids of trials whose rows in summary.csv have come to be on disk
    RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials, std::size_t training_samples,
             const RunRecord& earlier = {}, std::function<void(const std::set<std::string>&)> recorded = {},
             system::Clock clock = std::chrono::steady_clock::now);

    /// Writes down beside the times that come what is expected of them.
    /// @param ranks  of the world
    void expect(const sweep::Prediction& prediction, int ranks);

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override;
    void on_join(std::size_t trial, const sweep::Group& ranks, double start_seconds) override;
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_stop(std::size_t trial, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;
    void on_idle() override;
    void on_end(double sweep_seconds, const std::vector<double>& idle_seconds) override;

    /// [trials] in the order of the trial list.
    const std::vector<TrialRecord>& trials() const { return trials_; }
    /// Why trials failed, by their ids.
    const std::map<std::string, std::string>& reasons() const { return reasons_; }

  private:
    void write();
    void keep_epochs(std::size_t trial, std::size_t count);
    void take_over(const RunRecord& earlier, const sweep::TrialIndex& index);
    void extend(std::size_t trial, double end_seconds);
    void end(std::size_t trial, double end_seconds);
    std::vector<TimingRow> timing() const;

    std::filesystem::path directory_;
    std::size_t training_samples_;
    std::vector<TrialRecord> trials_;
    std::vector<std::vector<TimingRow>> rows_;     ///< of each trial: what was expected, its epochs, itself
    std::vector<std::vector<TimingRow>> running_;  ///< of each trial that runs: itself, up to the last whole epoch
    std::optional<TimingRow> expected_;            ///< of the sweep
    std::map<std::string, std::string> reasons_;
    std::function<void(const std::set<std::string>&)> recorded_;
    std::set<std::string> to_record_;      ///< trials that have ended since summary.csv was written
    double earlier_seconds_ = 0;           ///< of the run before this start
    std::optional<double> sweep_seconds_;  ///< at the end
    int ranks_ = 0;                        ///< at the end
    system::Clock clock_;
    std::chrono::steady_clock::time_point next_write_{};
    bool epochs_changed_ = true;
    bool outcomes_changed_ = true;
};

}  // namespace dropsweep::record
