#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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

    /// [trials] in the order of the trial list; none for a trial that has not ended.
    const std::vector<std::optional<sweep::TrialOutcome>>& outcomes() const { return outcomes_; }

  private:
    struct Epoch {
        train::EpochRecord record;
        sweep::Span span;
    };
    using Clock = std::chrono::steady_clock;
    void write();
    std::string history() const;
    std::string summary() const;
    std::string timing() const;

    std::filesystem::path directory_;
    std::vector<sweep::Trial> trials_;
    std::size_t training_samples_;
    std::vector<std::vector<Epoch>> epochs_;  ///< of each trial
    std::vector<std::optional<sweep::TrialOutcome>> outcomes_;
    double sweep_seconds_ = 0;
    std::vector<double> idle_seconds_;  ///< of each rank, at the end
    Clock::time_point next_write_{};
    bool epochs_changed_ = true;
    bool outcomes_changed_ = true;
};

}  // namespace dropsweep::report
