#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dropsweep/report/tables.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"

namespace dropsweep::report {

/// Keeps history.csv, summary.csv and timing.csv of a run directory up to date: each is rewritten whole, in the order
/// of the trial list, as epochs and trials end, but for at most a twentieth of the time. The first two hold nothing
/// that depends on clock, machine or ranks. The methods throw Error (io_error) when a file cannot be written.
class RunFiles : public sweep::Listener {
  public:
    RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials, std::size_t training_samples);

    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;
    void on_calm() override;
    void on_end(double sweep_seconds, const std::vector<double>& idle_seconds) override;

    /// [trials] in the order of the trial list.
    const std::vector<TrialRecord>& trials() const { return trials_; }
    /// Why trials failed, by their ids.
    const std::map<std::string, std::string>& reasons() const { return reasons_; }

  private:
    using Clock = std::chrono::steady_clock;
    void write();
    std::vector<TimingRow> timing() const;

    std::filesystem::path directory_;
    std::size_t training_samples_;
    std::vector<TrialRecord> trials_;
    std::vector<std::vector<TimingRow>> spans_;  ///< of each trial: its epochs, then itself
    std::map<std::string, std::string> reasons_;
    double sweep_seconds_ = 0;
    std::vector<double> idle_seconds_;  ///< of each rank, at the end
    Clock::time_point next_write_{};
    bool epochs_changed_ = true;
    bool outcomes_changed_ = true;
};

}  // namespace dropsweep::report
