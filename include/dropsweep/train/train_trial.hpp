#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// What is told and asked while a trial runs, on every rank of its group.
struct TrialObserver {
    /// After each step.
    std::function<void(const StepProgress&)> step = [](const StepProgress&) {};
    /// After each epoch, the last one of a diverged trial included.
    std::function<void(const EpochRecord&)> epoch = [](const EpochRecord&) {};
    /// Asked in each step: whether this rank wants the group to interrupt the trial after it. One rank is enough.
    std::function<bool()> interrupt = [] { return false; };
    /// Asked when the trial was interrupted, by all ranks of the group together, so that it may communicate among them:
    /// with which larger group it goes on. That has the same first rank; the newcomers call train_trial with it at this
    /// moment; altogether they may not exceed the leaves. None: the trial stops here.
    std::function<std::optional<comm::Communicator>(const comm::Communicator& group)> grow =
        [](const comm::Communicator&) { return std::nullopt; };
    /// Given the state of the trial after each epoch, before `epoch` is told of it, and where the trial stops. On the
    /// group's first rank; empty there: no state is put together.
    std::function<void(const Checkpoint&)> checkpoint;
    /// Make the verified steps of a group of one rank again; nullptr: it does so itself. Outlive the call.
    Repeaters* repeaters = nullptr;
    /// When a verified step was computed wrong by a rank of the world, and put right. On the group's first rank.
    std::function<void(int rank, const StepProgress&)> corruption = [](int, const StepProgress&) {};
    /// Given what each step works on, to inject faults of the memory; empty: none. The progress is that of its end.
    std::function<void(const StepProgress&, Memory, std::span<std::byte>)> disturb;
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
/// @return  none: the trial was stopped; its state was given to observer.checkpoint
/// @throws AgreedError  failure, on all ranks of the group: the ranks' weights differ, or a verified step cannot be
///                      put right
std::optional<TrainedModel> train_trial(const comm::Communicator& group, const Experiment& experiment,
                                        const DropoutRates& dropout, std::uint64_t seed, const TrialObserver& observer,
                                        std::optional<Checkpoint> start = std::nullopt);

/// Compares the weights of all ranks by their SHA-256, which is returned. Collective over the group.
/// @throws AgreedError  failure, on all ranks: some differ; the message names the world rank of the first that does
system::Digest require_equal_weights(const comm::Communicator& group, std::span<const float> weights);

}  // namespace dropsweep::train
