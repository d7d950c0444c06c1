#pragma once

#include <functional>
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

/// What the sweep calls back.
struct Hooks {
    /// Where a trial goes on; none: from its beginning. On the first rank of the group that trains it.
    std::function<std::optional<train::Checkpoint>(const Trial&)> load_checkpoint = [](const Trial&) {
        return std::nullopt;
    };
    /// Keeps the state of a trial. On the first rank of the group; empty: states are not kept.
    std::function<void(const Trial&, const train::Checkpoint&)> save_checkpoint;
    /// Keeps a trained model. On the first rank of the group that trained it.
    std::function<void(const Trial&, const train::TrainedModel&)> keep_model = [](const Trial&,
                                                                                  const train::TrainedModel&) {};
    /// Told on rank 0 what happens.
    std::vector<Listener*> listeners;
    /// Asked often, on every rank, also by a thread of its own: whether all trials are to stop at their next step.
    std::function<bool()> stop_requested = [] { return false; };
    /// Told on rank 0 that a rank has computed wrong, in words that name it.
    std::function<void(const std::string&)> on_corruption = [](const std::string&) {};
    std::vector<InjectedFault> injected_faults;
    comm::Watchdog* watchdog = nullptr;  ///< told where this rank is
    /// Ends all processes because of an error that one rank has met; must not return. Called on that rank.
    std::function<void(const Error&)> die;
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
                   const Hooks& hooks, const std::optional<Selection>& selection = std::nullopt);

}  // namespace dropsweep::sweep
