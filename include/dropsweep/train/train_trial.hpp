// Training of one trial by a group of ranks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/nn/parameters.hpp"
#include "dropsweep/system/stopwatch.hpp"
#include "dropsweep/train/checkpoint.hpp"
#include "dropsweep/train/dropout_rates.hpp"
#include "dropsweep/train/result.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::train {

/// What all trials of a run have in common, equal on all ranks.
struct Experiment {
    data::Split data;
    nn::Architecture architecture;
    TrainingOptions options;
    std::span<const float> initial_weights;  ///< [parameters]; empty: Glorot-uniform from the trial's seed
    std::vector<float> class_weights = {};   ///< [classes], or empty: 1 each
    std::size_t leaves() const { return leaves_of(options, data.train.size()); }
};

/// The buffers of a step into which faults can be injected.
enum class StepBuffer { weights, activations, gradients };

/// Fault injection: may alter the buffers of a step, in the middle of it.
class Disturbance {
  public:
    virtual ~Disturbance() = default;
    /// @param end  the progress after the step
    virtual void disturb(const StepProgress& end, StepBuffer buffer, std::span<std::byte> bytes) = 0;
};

class Repeaters;

/// Callbacks of train_trial, on every rank of the group.
class TrialObserver {
  public:
    virtual ~TrialObserver() = default;
    /// After each step.
    virtual void on_step(const StepProgress& /*done*/) {}
    /// After each epoch, also the one in which a trial diverges.
    virtual void on_epoch(const EpochRecord& /*record*/) {}
    /// Asked before each step: whether the group is to interrupt the trial after it. One rank that says so is enough.
    virtual bool interrupts() { return false; }
    /// Asked when the trial was interrupted: the larger group with which it goes on; none: it stops here. The larger
    /// group has the same first rank and at most experiment.leaves() ranks; its new ranks call train_trial with it.
    /// Called on all ranks of the group together: may be collective over it.
    virtual std::optional<comm::Communicator> grow(const comm::Communicator& /*group*/) { return std::nullopt; }
    /// Whether on_checkpoint is to be called: without it the state is not gathered. The answer of the group's first
    /// rank counts.
    virtual bool keeps_checkpoints() const { return false; }
    /// On the group's first rank: the state after each epoch that has not diverged, before on_epoch, and when the trial
    /// is stopped.
    virtual void on_checkpoint(const Checkpoint& /*state*/) {}
    /// Who repeats the verified steps of a group of one rank; must outlive the call of train_trial. nullptr: the rank
    /// itself.
    virtual Repeaters* repeaters() { return nullptr; }
    /// On the group's first rank: a verified step was computed wrong, and corrected.
    /// @param rank  in the world, that was wrong
    /// @param done  the progress after that step
    virtual void on_corruption(int /*rank*/, const StepProgress& /*done*/) {}
    /// By which the times of epochs are measured.
    virtual system::Clock clock() const { return std::chrono::steady_clock::now; }
    /// Faults injected into this rank's steps; nullptr: none. Must outlive the call of train_trial.
    virtual Disturbance* disturbance() { return nullptr; }
};

struct TrainedModel {
    TrialResult result;
    linalg::FloatBuffer weights;          ///< [parameters], flat; empty: diverged
    std::vector<std::uint8_t> predicted;  ///< [test samples] most probable class; empty: diverged
};

/// Trains one trial. Collective over the group, and over the ranks that observer.grow adds to it: they receive the
/// state of the trial from the group's first rank. The result is equal on all ranks, and a function of the experiment,
/// the dropout rates and the seed only: the same bits for any group of 1 to experiment.leaves() ranks, wherever the
/// trial was stopped and continued, whenever its group grew. A loss that is not finite, summed over a batch or on the
/// validation set, ends the trial as diverged.
/// @param dropout  one rate for each hidden layer, or one for all
/// @param start    where to go on, on the group's first rank; none: from the beginning. Ignored on other ranks.
/// @return  none: the trial was stopped; its state was given to observer.on_checkpoint
/// @throws AgreedError  failure, on all ranks of the group: the weights of the ranks differ, or a verified step cannot
///                      be corrected
std::optional<TrainedModel> train_trial(const comm::Communicator& group, const Experiment& experiment,
                                        const DropoutRates& dropout, std::uint64_t seed, TrialObserver& observer,
                                        std::optional<Checkpoint> start = std::nullopt);

/// Compares the weights of all ranks by their SHA-256. Collective over the group.
/// @return  the SHA-256
/// @throws AgreedError  failure, on all ranks: weights differ; the message names the world rank of the first one
///                      whose weights are not those of the group's first rank
system::Digest require_equal_weights(const comm::Communicator& group, std::span<const float> weights);

}  // namespace dropsweep::train
