#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/comm/communicator.hpp"
#include "dropsweep/data/dataset.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/nn/parameters.hpp"
#include "dropsweep/train/checkpoint.hpp"
#include "dropsweep/train/dropout_rates.hpp"
#include "dropsweep/train/result.hpp"
#include "dropsweep/train/training_options.hpp"

namespace dropsweep::train {

/// What every trial of a run trains on, equal on all ranks.
struct Experiment {
    data::Split data;
    nn::Architecture architecture;
    TrainingOptions options;
    std::span<const float> initial_weights;  ///< empty: Glorot-uniform from the trial's seed
    std::vector<float> class_weights = {};   ///< [classes], or empty: 1 each
    std::size_t leaves() const { return leaves_of(options, data.train.size()); }
};

/// What a step works on.
enum class Memory { weights, activations, gradients };

class Repeaters;

/// Told and asked while a trial runs, on every rank of its group.
class TrialObserver {
  public:
    virtual ~TrialObserver() = default;
    virtual void on_step(const StepProgress& /*done*/) {}
    /// The last epoch of a diverged trial included.
    virtual void on_epoch(const EpochRecord& /*record*/) {}
    /// Asked in each step: whether this rank wants the group to interrupt the trial after it. One rank is enough.
    virtual bool interrupts() { return false; }
    /// Asked when the trial was interrupted, by all ranks of the group together, so that it may communicate among them:
    /// with which larger group it goes on. That has the same first rank; the newcomers call train_trial with it at this
    /// moment; altogether they may not exceed the leaves. None: the trial stops here.
    virtual std::optional<comm::Communicator> grow(const comm::Communicator& /*group*/) { return std::nullopt; }
    /// Whether on_checkpoint is of interest: else no state is put together. Asked of the group's first rank.
    virtual bool keeps_checkpoints() const { return false; }
    /// On the group's first rank: the state of the trial after each epoch, before on_epoch, and where the trial stops.
    virtual void on_checkpoint(const Checkpoint& /*state*/) {}
    /// Who makes the verified steps of a group of one rank again; nullptr: it does so itself. Outlive the call.
    virtual Repeaters* repeaters() { return nullptr; }
    /// A verified step was computed wrong by a rank of the world, and put right. On the group's first rank.
    virtual void on_corruption(int /*rank*/, const StepProgress& /*done*/) {}
    /// Whether disturb is of interest.
    virtual bool disturbs() const { return false; }
    /// Given what each step works on, to inject faults of the memory. @param end  of the step
    virtual void disturb(const StepProgress& /*end*/, Memory /*memory*/, std::span<std::byte> /*bytes*/) {}
};

struct TrainedModel {
    TrialResult result;
    linalg::FloatBuffer weights;
    std::vector<std::uint8_t> predicted;  ///< [test samples] most probable class
};

/// Trains one trial with the ranks of a group. The result is a function of the experiment, the dropout rates and
/// the seed alone: the same bits for any group of 1 to experiment.leaves() ranks, wherever the trial was stopped and
/// continued and whenever its group grew. A loss that is not finite, in the reduced sum of a step or on the validation
/// set, ends the trial as diverged. Collective over the group, and over those that observer.grow adds to it; the result
/// is equal on all of its ranks. Who joins takes over the state of the trial from the group's first rank, as if it went
/// on from a checkpoint.
/// @param dropout  as many rates as there are hidden layers, or one for all
/// @param start  where to go on, on the group's first rank; none: from the beginning. Ignored elsewhere.
/// @return  none: the trial was stopped; its state was given to observer.on_checkpoint
/// @throws AgreedError  failure, on all ranks of the group: the ranks' weights differ, or a verified step cannot be
///                      put right
std::optional<TrainedModel> train_trial(const comm::Communicator& group, const Experiment& experiment,
                                        const DropoutRates& dropout, std::uint64_t seed, TrialObserver& observer,
                                        std::optional<Checkpoint> start = std::nullopt);

/// Compares the weights of all ranks by their SHA-256, which is returned. Collective over the group.
/// @throws AgreedError  failure, on all ranks: some differ; the message names the world rank of the first that does
system::Digest require_equal_weights(const comm::Communicator& group, std::span<const float> weights);

}  // namespace dropsweep::train
