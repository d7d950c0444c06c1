#pragma once

#include <algorithm>
#include <vector>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/train/evaluation.hpp"
#include "dropsweep/train/trainer.hpp"

namespace dropsweep::train {

inline core::FloatBuffer copy_of(std::span<const float> values) {
    core::FloatBuffer copy(values.size());
    std::ranges::copy(values, copy.data());
    return copy;
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
    /// @param stop  in: whether this rank wants to stop; out: whether any rank of the group does
    /// @return  summed over the whole batch, before the update
    core::Tally step(std::span<const std::uint32_t> batch, std::span<const nn::Dropout> dropout,
                     const TrialObserver& observer, bool& stop) {
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
        observer.exchange(true);
        const std::span<const float> gradient = reduction_.reduce_scatter();
        const core::Range slice = reduction_.own_slice();
        optimizer_.update(weights().subspan(slice.begin, slice.size()), gradient,
                          1.0f / static_cast<float>(batch.size()));
        reduction_.all_gather(weights());
        const core::Tally sum = comm::ordered_sum(group_, tallies_, shards_, stop);
        observer.exchange(false);
        return sum;
    }

    /// The arrays of a checkpoint, on every rank. Collective over the group.
    void save(Checkpoint& checkpoint) {
        checkpoint.weights = copy_of(weights_.span());
        checkpoint.mean_square = core::FloatBuffer(weights_.size());
        const core::Range slice = reduction_.own_slice();
        std::ranges::copy(optimizer_.mean_square(), checkpoint.mean_square.data() + slice.begin);
        reduction_.all_gather(checkpoint.mean_square.span());
    }

    /// Takes over the arrays of the group's first rank. Collective over the group.
    void restore(const Checkpoint& checkpoint) {
        core::FloatBuffer mean_square(weights_.size());
        if (group_.rank() == 0) {
            std::ranges::copy(checkpoint.weights.span(), weights_.data());
            std::ranges::copy(checkpoint.mean_square.span(), mean_square.data());
        }
        group_.broadcast(weights_.span(), 0);
        group_.broadcast(mean_square.span(), 0);
        const core::Range slice = reduction_.own_slice();
        std::ranges::copy(mean_square.span().subspan(slice.begin, slice.size()), optimizer_.mean_square().begin());
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

}  // namespace dropsweep::train
