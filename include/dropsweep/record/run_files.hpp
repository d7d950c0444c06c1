// Writes the tables of a run directory while a sweep runs.
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

/// history.csv, summary.csv and timing.csv are rewritten as a whole, in the order of the trial list, as epochs and
/// trials end, which takes at most a twentieth of the time. The first two contain nothing that depends on clock,
/// machine or ranks. At the end checksums.txt is written; it is removed before a table is rewritten. Local: no
/// communication.
/// @throws Error  from the methods that write: io_error
class RunFiles : public sweep::Listener {
  public:
    /// @param earlier   the content of the directory if the run goes on; its times stay in timing.csv
    /// @param recorded  called with the ids of trials whose rows in summary.csv are now on disk
    RunFiles(std::filesystem::path directory, const std::vector<sweep::Trial>& trials, std::size_t training_samples,
             const RunRecord& earlier = {}, std::function<void(const std::set<std::string>&)> recorded = {},
             system::Clock clock = std::chrono::steady_clock::now);

    /// Adds the predicted times to timing.csv.
    /// @param ranks  of the world
    void expect(const sweep::Prediction& prediction, int ranks);

    void on_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) override;
    void on_join(std::size_t trial, const sweep::Group& ranks, double start_seconds) override;
    void on_epoch(std::size_t trial, const train::EpochRecord& record, const sweep::Span& span) override;
    void on_stop(std::size_t trial, const sweep::Span& span) override;
    void on_outcome(std::size_t trial, const sweep::TrialOutcome& outcome) override;
    void on_idle() override;
    void on_end(double sweep_seconds, int ranks, double idle_share) override;

    /// [trials] the rows of history.csv and summary.csv, in the order of the trial list.
    const std::vector<TrialRecord>& trials() const { return trials_; }
    /// The messages of failed trials, by id.
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
    std::vector<std::vector<TimingRow>> rows_;     ///< [trials] prediction, epochs, ended trial rows
    std::vector<std::vector<TimingRow>> running_;  ///< [trials] trial rows of running ones, up to the last epoch
    std::optional<TimingRow> expected_;            ///< the prediction of the sweep
    std::map<std::string, std::string> reasons_;
    std::function<void(const std::set<std::string>&)> recorded_;
    std::set<std::string> to_record_;  ///< ids of trials that have ended since summary.csv was written
    double earlier_seconds_ = 0;       ///< duration of the run before this start of the program
    std::optional<TimingRow> sweep_;   ///< set at the end
    system::Clock clock_;
    std::chrono::steady_clock::time_point next_write_{};
    bool epochs_changed_ = true;
    bool outcomes_changed_ = true;
};

}  // namespace dropsweep::record
