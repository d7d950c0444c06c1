// The execution of a plan by all ranks.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/comm/watchdog.hpp"
#include "dropsweep/sweep/epoch_forecast.hpp"
#include "dropsweep/sweep/injected_fault.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/sweep/selection.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::sweep {

/// What a sweep needs from the program, on every rank.
class Host {
  public:
    virtual ~Host() = default;
    /// The checkpoint from which a trial goes on; none: it starts. Called on the first rank of its group.
    virtual std::optional<train::Checkpoint> load_checkpoint(const Trial& /*trial*/) { return std::nullopt; }
    /// Whether save_checkpoint is to be called.
    virtual bool keeps_checkpoints() const { return false; }
    /// Called on the first rank of the group.
    virtual void save_checkpoint(const Trial& /*trial*/, const train::Checkpoint& /*state*/) {}
    /// Called on the first rank of the group, for trials that have not diverged.
    virtual void keep_model(const Trial& /*trial*/, const train::TrainedModel& /*model*/) {}
    /// Whether all trials are to stop after their present step. Called often, on every rank, on rank 0 also by the
    /// coordinator's thread.
    virtual bool stop_requested() { return false; }
    /// A rank has computed a verified step wrong. Called on rank 0.
    /// @param what  a message that names the rank
    virtual void on_corruption(const std::string& /*what*/) {}
    /// How the coordinator sleeps between polls.
    virtual void pause(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }
    /// Ends all processes because of an error of this rank; must not return. Called by any thread.
    virtual void die(const Error& error) = 0;

    std::vector<Listener*> listeners;  ///< called on rank 0
    std::vector<InjectedFault> injected_faults;
    comm::Watchdog* watchdog = nullptr;  ///< informed of the rank's position; nullptr: none
};

enum class SweepEnd {
    all_succeeded,
    some_failed,  ///< a trial diverged or failed
    stopped       ///< before the end of all trials
};

/// Trains every trial of the plan's queue, as Schedule decides. The coordinator, a thread on rank 0, receives the
/// reports of the groups and assigns trials to ranks. Collective over world, but nothing between start and end is: the
/// ranks of a group make its communicator among themselves.
/// @param plan         used on rank 0
/// @param experiments  of all trials that may be trained
/// @param forecasts    of epochs; used on rank 0
/// @param selection    used on rank 0; with it the sweep is a decision: the queue has its first trials, and more follow
/// @return  equal on all ranks
SweepEnd run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
                   const ByChoices<train::Experiment>& experiments, const ByChoices<EpochForecast>& forecasts,
                   Host& host, const std::optional<Selection>& selection = std::nullopt);

}  // namespace dropsweep::sweep
