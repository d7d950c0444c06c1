#include "dropsweep/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/train/early_stopping.hpp"
#include "dropsweep/train/evaluation.hpp"

namespace dropsweep::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The network, its weights and everything that a step touches, on one rank of the group.
class Trainer {
  public:
    Trainer(const comm::Communicator& group, const Experiment& experiment, double dropout_rate, std::uint64_t seed)
        : group_(group),
          experiment_(experiment),
          dropout_rate_(dropout_rate),
          seed_(seed),
          shards_(experiment.options.shards),
          batch_size_(std::min(experiment.options.batch_size, experiment.data.train.size())),
          mlp_(experiment.architecture, std::max(kEvaluationRows, core::part_of(batch_size_, shards_, 0).size())),
          weights_(mlp_.layout().size()),
          reduction_(group, shards_, weights_.size()),
          optimizer_(experiment.options.optimizer, reduction_.own_slice().size()),
          labels_(batch_size_) {
        if (experiment.initial_weights.empty()) {
            nn::glorot_uniform(experiment.architecture, seed, weights_.span());
        } else {
            std::ranges::copy(experiment.initial_weights, weights_.data());
        }
    }

    std::span<float> weights() { return weights_.span(); }

    std::vector<std::uint32_t> epoch_order(std::uint32_t epoch) const {
        const std::size_t count = experiment_.data.train.size();
        return experiment_.options.shuffle ? data::shuffled_order(count, seed_, epoch) : data::file_order(count);
    }

    /// The masks of an epoch, one generator per hidden layer.
    std::vector<nn::Dropout> epoch_dropout(std::uint32_t epoch) const {
        std::vector<nn::Dropout> dropout;
        for (std::uint32_t layer = 0; layer < experiment_.architecture.hidden.size(); ++layer) {
            dropout.emplace_back(dropout_rate_, seed_, layer, epoch);
        }
        return dropout;
    }

    /// Forward and backward over the own shards, reduce, update.
    /// @return  summed over the whole batch, before the update
    core::Tally step(std::span<const std::uint32_t> batch, std::span<const nn::Dropout> dropout) {
        tallies_.clear();
        const core::Range own_shards = reduction_.own_shards();
        for (std::size_t shard = own_shards.begin; shard < own_shards.end; ++shard) {
            const std::span<const std::uint32_t> samples = data::shard_of(batch, shards_, shard);
            const std::span<std::uint8_t> labels = std::span(labels_).first(samples.size());
            data::gather(experiment_.data.train, samples, mlp_.inputs(samples.size()), labels);
            mlp_.forward(weights(), samples.size(), dropout, samples);
            tallies_.push_back(mlp_.backward(weights(), labels, dropout, reduction_.shard_buffer()));
            reduction_.add_shard();
        }
        const std::span<const float> gradient = reduction_.reduce_scatter();
        const core::Range slice = reduction_.own_slice();
        optimizer_.update(weights().subspan(slice.begin, slice.size()), gradient,
                          1.0f / static_cast<float>(batch.size()));
        reduction_.all_gather(weights());
        return comm::ordered_sum(group_, tallies_, shards_);
    }

    Evaluation evaluate(const data::Samples& samples) {
        return train::evaluate(group_, mlp_, weights_.span(), samples);
    }

  private:
    const comm::Communicator& group_;
    const Experiment& experiment_;
    double dropout_rate_;
    std::uint64_t seed_;
    std::size_t shards_;
    std::size_t batch_size_;  ///< no more than there are samples
    nn::Mlp mlp_;
    core::FloatBuffer weights_;
    comm::OrderedReduction reduction_;
    optim::RmsProp optimizer_;
    std::vector<std::uint8_t> labels_;  ///< of one shard
    std::vector<core::Tally> tallies_;  ///< of the own shards of one step
};

/// Runs one epoch's steps; stops at the first whose loss is not finite.
EpochRecord train_epoch(Trainer& trainer, const Experiment& experiment, std::uint32_t epoch,
                        const TrialObserver& observer) {
    const Clock::time_point start = Clock::now();
    const std::vector<std::uint32_t> order = trainer.epoch_order(epoch);
    const std::vector<nn::Dropout> dropout = trainer.epoch_dropout(epoch);
    const data::Batches batches(order, experiment.options.batch_size);
    core::Tally total;
    std::size_t samples = 0;
    for (std::size_t b = 0; b < batches.count() && std::isfinite(total.loss); ++b) {
        total += trainer.step(batches[b], dropout);
        samples += batches[b].size();
        observer.step(epoch, samples);
    }
    const auto count = static_cast<double>(samples);
    EpochRecord record;
    record.epoch = epoch;
    record.training = {total.loss / count, static_cast<double>(total.correct) / count};
    record.training_seconds = seconds_since(start);
    return record;
}

}  // namespace

TrainedModel train_trial(const comm::Communicator& group, const Experiment& experiment, double dropout_rate,
                         std::uint64_t seed, const TrialObserver& observer) {
    const TrainingOptions& options = experiment.options;
    Trainer trainer(group, experiment, dropout_rate, seed);
    EarlyStopping early_stopping(options.patience, options.min_delta);
    core::FloatBuffer best_weights(options.restore_best_weights ? trainer.weights().size() : 0);
    TrialResult result;
    result.status = Status::completed;

    for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
        EpochRecord record = train_epoch(trainer, experiment, epoch, observer);
        const bool trained = std::isfinite(record.training.loss);
        if (trained) {
            const Clock::time_point start = Clock::now();
            result.weights_sha256 = require_equal_weights(group, trainer.weights());
            record.validation = result.validation = trainer.evaluate(experiment.data.validation);
            record.validation_seconds = seconds_since(start);
        }
        ++result.epochs;
        observer.epoch(record);
        if (!trained || !std::isfinite(record.validation.loss)) {
            result.status = Status::diverged;
            break;
        }
        const EarlyStopping::Decision decision = early_stopping.judge(record.validation.loss);
        if (decision.improved && options.restore_best_weights)
            std::ranges::copy(trainer.weights(), best_weights.data());
        if (decision.stop) {
            result.status = Status::early_stopped;
            break;
        }
    }

    result.best_epoch = early_stopping.best_epoch();
    result.best_val_loss = early_stopping.best_val_loss();
    if (result.status == Status::diverged) {
        result.weights_sha256 = {};
        result.validation = {};
        return {result, {}};
    }
    if (options.restore_best_weights && result.best_epoch + 1 != result.epochs) {
        std::ranges::copy(best_weights.span(), trainer.weights().begin());
        result.weights_sha256 = require_equal_weights(group, trainer.weights());
        result.validation = trainer.evaluate(experiment.data.validation);
    }
    result.test = trainer.evaluate(experiment.data.test);
    core::FloatBuffer weights(trainer.weights().size());
    std::ranges::copy(trainer.weights(), weights.data());
    return {result, std::move(weights)};
}

core::Digest require_equal_weights(const comm::Communicator& group, std::span<const float> weights) {
    const core::Digest own = core::sha256(weights);
    const std::vector<core::Digest> all = group.all_gather(own);
    const auto different = std::ranges::find_if(all, [&](const core::Digest& digest) { return digest != all.front(); });
    if (different != all.end()) {
        const std::vector<int> ranks = group.world_ranks();
        throw AgreedError(
            ExitCode::failure,
            fmt::format("the weights of rank {} differ from those of rank {} of its group; this must not happen: "
                        "check the memory of its machine, and that all machines are of one type",
                        ranks[static_cast<std::size_t>(different - all.begin())], ranks.front()),
            group.rank() == 0);
    }
    return own;
}

}  // namespace dropsweep::train
