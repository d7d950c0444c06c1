// The progress of a sweep on standard error.
#pragma once

#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dropsweep/record/terminal.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/trial.hpp"
#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::record {

/// Without a terminal it prints one line per epoch and per ended trial; on a terminal a line per ended trial above a
/// live display of running trials, speed and time left.
class Progress : public sweep::Listener {
  public:
    struct Settings {
        std::uint32_t epochs = 20;         ///< the most of a trial
        bool stops_early = true;           ///< whether trials may end before `epochs`
        std::size_t training_samples = 0;  ///< of one epoch
        std::size_t groups = 1;            ///< of the plan
        bool decides = false;              ///< whether a decision determines how many of the trials are trained
        std::size_t ended_before = 0;      ///< trials that had ended before this start of the program
        std::optional<double> predicted_seconds = std::nullopt;  ///< of the sweep
        std::optional<Terminal> terminal;
        std::FILE* stream = stderr;
        system::Clock clock = std::chrono::steady_clock::now;
    };
    Progress(const std::vector<sweep::Trial>& trials, const Settings& settings);

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override;
    void on_step(std::size_t trial, const train::StepProgress& progress) override;
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;
    void on_stop(std::size_t trial, const sweep::Span& /*span*/) override { running_.erase(trial); }
    void on_remaining(std::optional<double> trials) override { remaining_ = trials; }
    void on_idle() override;
    void on_end(double sweep_seconds, int ranks, double idle_share) override;

  private:
    struct Running {
        std::size_t samples = 0;                 ///< of the present epoch
        std::optional<train::EpochRecord> last;  ///< the last complete epoch
        std::uint32_t epochs_before = 0;         ///< trained before this start of the program
        std::uint32_t epochs_done() const { return last ? last->epoch + 1 : 0; }
    };
    /// Trials that have not ended, running ones included; none: not known.
    std::optional<double> trials_left() const;
    double images_done() const;
    std::optional<double> seconds_left() const;
    std::string status_line() const;
    std::string running_line(std::size_t trial, const Running& running) const;
    void print(const std::string& lines);
    void draw();

    std::vector<sweep::Trial> trials_;
    Settings settings_;
    system::Stopwatch stopwatch_{settings_.clock};
    std::optional<double> last_drawn_;  ///< by the stopwatch
    std::map<std::size_t, Running> running_;
    std::optional<double> remaining_;  ///< see on_remaining
    std::size_t ended_ = 0;            ///< in this start of the program
    std::size_t epochs_of_ended_ = 0;
    std::size_t drawn_lines_ = 0;
    std::size_t name_width_ = 0;
};

}  // namespace dropsweep::record
