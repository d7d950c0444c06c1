#pragma once

#include <optional>
#include <string>
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

/// What a sweep needs of the program around it, on every rank.
class Host {
  public:
    virtual ~Host() = default;
    /// Where a trial goes on; none: from its beginning. On the first rank of the group that trains it.
    virtual std::optional<train::Checkpoint> load_checkpoint(const Trial& /*trial*/) { return std::nullopt; }
    /// Whether states of trials are kept.
    virtual bool keeps_checkpoints() const { return false; }
    /// On the first rank of the group.
    virtual void save_checkpoint(const Trial& /*trial*/, const train::Checkpoint& /*state*/) {}
    /// On the first rank of the group that trained it.
    virtual void keep_model(const Trial& /*trial*/, const train::TrainedModel& /*model*/) {}
    /// Asked often, on every rank, also by a thread of its own: whether all trials are to stop at their next step.
    virtual bool stop_requested() { return false; }
    /// A rank has computed wrong, in words that name it. On rank 0.
    virtual void on_corruption(const std::string& /*what*/) {}
    /// Ends all processes because of an error that one rank has met; must not return. Called on that rank.
    virtual void die(const Error& error) = 0;

    std::vector<Listener*> listeners;  ///< told on rank 0 what happens
    std::vector<InjectedFault> injected_faults;
    comm::Watchdog* watchdog = nullptr;  ///< told where this rank is
};

enum class SweepEnd {
    all_succeeded,
    some_failed,  ///< a trial diverged or failed
    stopped       ///< before all trials had ended
};

/// Trains every trial of the plan's queue, as Schedule decides. A thread on rank 0 hears from the groups and tells the
/// ranks what is next; it sleeps between its looks for messages, so that it disturbs no training. A group's
/// communicator is made by its ranks alone: between start and end there is nothing collective over the world.
/// Collective over world.
/// @param experiments  of all that are trained
/// @param selection  of rank 0: with it the queue is where a decision begins, and more trials follow
/// @param forecasts  what is known of the epochs of such trials; of rank 0
/// @return  equal on all ranks
SweepEnd run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
                   const ByChoices<train::Experiment>& experiments, const ByChoices<EpochForecast>& forecasts,
                   Host& host, const std::optional<Selection>& selection = std::nullopt);

}  // namespace dropsweep::sweep
