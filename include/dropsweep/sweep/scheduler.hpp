#pragma once

#include <functional>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/sweep/listener.hpp"
#include "dropsweep/sweep/plan.hpp"
#include "dropsweep/train/trainer.hpp"

namespace dropsweep::sweep {

/// What the sweep calls back.
struct Hooks {
    /// Keeps a trained model. On the first rank of the group that trained it.
    std::function<void(const Trial&, const train::TrainedModel&)> keep_model = [](const Trial&,
                                                                                  const train::TrainedModel&) {};
    /// Told on rank 0 what happens.
    std::vector<Listener*> listeners;
    /// Reports an error that ends the run and ends all processes; must not return. On rank 0, or on the rank itself
    /// when rank 0 does not react.
    std::function<void(const Error&)> die;
};

/// Trains every trial of the plan. Groups take the next trial as soon as they are free: they ask a thread on rank 0
/// that sleeps between its looks for messages, so that neither its group's training nor theirs is disturbed. Between
/// start and end there is nothing collective over the world. Collective over world.
/// @return  whether all trials completed; false when one diverged or failed. Equal on all ranks.
bool run_sweep(const comm::Communicator& world, const Plan& plan, const std::vector<Trial>& trials,
               const train::Experiment& experiment, const Hooks& hooks);

}  // namespace dropsweep::sweep
