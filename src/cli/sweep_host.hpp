// What a sweep needs of the program: checkpoints, models, stop requests.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "dropsweep/cli/commands.hpp"
#include "dropsweep/sweep/run_sweep.hpp"
#include "dropsweep/train/checkpoint.hpp"

namespace dropsweep::cli {

/// Keeps checkpoints, models and predictions in the run directory, and tells the sweep when to stop.
class SweepHost : public sweep::Host {
  public:
    /// All references must outlive the host.
    struct Parts {
        std::string directory;
        const sweep::ByChoices<train::Experiment>& experiments;
        train::CheckpointStore& checkpoints;
        const std::map<std::string, std::string>& metadata;  ///< Preparation::metadata
        bool goes_on_when_corrupt = false;
        std::function<bool()> stop_requested;  ///< on this rank, from any thread
        const Warn& warn;
    };
    SweepHost(Parts parts, comm::Watchdog& watchdog_of_run) : parts_(std::move(parts)) { watchdog = &watchdog_of_run; }

    std::optional<train::Checkpoint> load_checkpoint(const sweep::Trial& trial) override;
    bool keeps_checkpoints() const override { return true; }
    void save_checkpoint(const sweep::Trial& trial, const train::Checkpoint& state) override;
    void keep_model(const sweep::Trial& trial, const train::TrainedModel& model) override;
    bool stop_requested() override { return parts_.stop_requested(); }
    void on_corruption(const std::string& what) override;
    void die(const Error& error) override { watchdog->end_all(error); }

  private:
    Parts parts_;
};

}  // namespace dropsweep::cli
