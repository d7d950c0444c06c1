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
    /// Collective over the group.
    Trainer(const comm::Communicator& group, const Experiment& experiment, double dropout_rate, std::uint64_t seed)
        : group_(group),
          experiment_(experiment),
          dropout_rate_(dropout_rate),
          seed_(seed),
          leaves_(experiment.leaves()),
          narrows_(experiment.options.arithmetic.precision == core::Precision::bf16),
          mlp_(experiment.architecture, most_rows(), experiment.options.arithmetic, leaves_),
          reduction_(group, group.split_by_node(), leaves_, layer_ranges(),
                     narrows_ ? sizeof(core::BFloat16) : sizeof(float)),
          sum_(group, leaves_),
          labels_(most_rows()) {
        for (std::size_t layer = 0; layer < mlp_.layout().layers(); ++layer) {
            optimizers_.emplace_back(experiment.options.optimizer, reduction_.own_slice(layer).size());
        }
        if (narrows_) master_ = core::FloatBuffer(mlp_.layout().size());
        if (experiment.initial_weights.empty()) {
            nn::glorot_uniform(experiment.architecture, seed, master());
        } else {
            std::ranges::copy(experiment.initial_weights, master().begin());
        }
        narrow_all();
    }

    /// The float32 weights. Between the steps of an epoch with bfloat16 products, right in the own slices alone.
    std::span<const float> weights() { return master(); }

    void set_weights(std::span<const float> weights) {
        std::ranges::copy(weights, master().begin());
        narrow_all();
    }

    /// Makes weights() right everywhere. Collective over the group.
    void complete_weights() {
        if (narrows_) reduction_.all_gather(master());
    }

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

    /// Forward, backward, reduce, update. Collective over the group.
    /// @param interrupt  in: whether this rank wants to interrupt the trial; out: whether any rank of the group does
    /// @return  summed over the whole batch, before the update
    core::Tally step(std::span<const std::uint32_t> batch, std::span<const nn::Dropout> dropout,
                     const TrialObserver& observer, bool& interrupt) {
        const std::span<const std::uint32_t> samples = own_rows(batch);
        const std::span<std::uint8_t> labels = std::span(labels_).first(samples.size());
        gather_inputs(experiment_.data.train, samples, mlp_, labels);
        mlp_.forward(product_weights(), leaf_rows_, dropout, samples);
        tallies_.resize(leaf_rows_.size());
        const auto start_reduction = [this](std::size_t layer) { reduction_.start(layer); };
        mlp_.backward(product_weights(), labels, dropout,
                      {reduction_.merge(), reduction_.sums(), start_reduction, [this] { reduction_.progress(); }},
                      tallies_);
        observer.exchange(true);
        for (std::size_t layer = mlp_.layout().layers(); layer-- > 0;) {
            const std::span<const float> gradient = reduction_.finish(layer);
            update(layer, gradient, 1.0f / static_cast<float>(batch.size()));
            reduction_.start_gather(layer);
        }
        const core::Tally sum = sum_(tallies_, interrupt);
        reduction_.finish_gathers();
        observer.exchange(false);
        return sum;
    }

    /// The arrays of a checkpoint, on every rank. Collective over the group.
    void save(Checkpoint& checkpoint) {
        complete_weights();
        checkpoint.weights = copy_of(master());
        checkpoint.mean_square = core::FloatBuffer(master().size());
        for (std::size_t layer = 0; layer < optimizers_.size(); ++layer) {
            std::ranges::copy(optimizers_[layer].mean_square(),
                              checkpoint.mean_square.data() + reduction_.own_slice(layer).begin);
        }
        reduction_.all_gather(checkpoint.mean_square.span());
    }

    /// Takes over the arrays of the group's first rank. Collective over the group.
    void restore(const Checkpoint& checkpoint) {
        core::FloatBuffer mean_square(master().size());
        if (group_.rank() == 0) {
            std::ranges::copy(checkpoint.weights.span(), master().begin());
            std::ranges::copy(checkpoint.mean_square.span(), mean_square.data());
        }
        group_.broadcast(master(), 0);
        group_.broadcast(mean_square.span(), 0);
        narrow_all();
        for (std::size_t layer = 0; layer < optimizers_.size(); ++layer) {
            const core::Range slice = reduction_.own_slice(layer);
            std::ranges::copy(mean_square.span().subspan(slice.begin, slice.size()),
                              optimizers_[layer].mean_square().begin());
        }
    }

    Evaluation evaluate(const data::Samples& samples) {
        return train::evaluate(group_, mlp_, product_weights(), samples);
    }

  private:
    /// Rows that this rank has at once: its leaves of a batch, or a block of an evaluation.
    std::size_t most_rows() const {
        const std::size_t batch_size = std::min(experiment_.options.batch_size, experiment_.data.train.size());
        const core::Range own =
            core::part_of(leaves_, static_cast<std::size_t>(group_.size()), static_cast<std::size_t>(group_.rank()));
        return std::max(kEvaluationRows, data::rows_of_leaves(own, experiment_.options.leaf_rows, batch_size).size());
    }

    std::vector<core::Range> layer_ranges() const {
        std::vector<core::Range> ranges;
        for (std::size_t layer = 0; layer < mlp_.layout().layers(); ++layer) {
            ranges.push_back(mlp_.layout().range_of(layer));
        }
        return ranges;
    }

    /// The rows of a batch that belong to the own leaves; their numbers go to leaf_rows_.
    std::span<const std::uint32_t> own_rows(std::span<const std::uint32_t> batch) {
        const auto rows_of = [&](const core::Range& leaves) {
            return data::rows_of_leaves(leaves, experiment_.options.leaf_rows, batch.size());
        };
        const core::Range leaves = reduction_.own_leaves();
        leaf_rows_.clear();
        for (std::size_t leaf = leaves.begin; leaf < leaves.end; ++leaf) {
            leaf_rows_.push_back(rows_of({leaf, leaf + 1}).size());
        }
        return batch.subspan(rows_of(leaves).begin, rows_of(leaves).size());
    }

    void update(std::size_t layer, std::span<const float> gradient, float gradient_scale) {
        const core::Range slice = reduction_.own_slice(layer);
        const std::span<float> weights = master().subspan(slice.begin, slice.size());
        if (narrows_) {
            optimizers_[layer].update(weights, gradient, gradient_scale, narrowed().subspan(slice.begin, slice.size()));
        } else {
            optimizers_[layer].update(weights, gradient, gradient_scale);
        }
    }

    /// The float32 weights: those that are gathered, or with bfloat16 products a buffer beside them.
    std::span<float> master() { return narrows_ ? master_.span() : reduction_.weights<float>(); }
    std::span<core::BFloat16> narrowed() { return reduction_.weights<core::BFloat16>(); }
    nn::Weights product_weights() {
        if (narrows_) return std::span<const core::BFloat16>(narrowed());
        return std::span<const float>(master());
    }
    void narrow_all() {
        if (narrows_) core::narrow(master(), narrowed());
    }

    const comm::Communicator& group_;
    const Experiment& experiment_;
    double dropout_rate_;
    std::uint64_t seed_;
    std::size_t leaves_;
    bool narrows_;  ///< weights are narrowed to bfloat16 for the products
    nn::Mlp mlp_;
    comm::OrderedReduction reduction_;
    comm::OrderedSum sum_;
    core::FloatBuffer master_;
    std::vector<optim::RmsProp> optimizers_;  ///< of each layer, its own slice
    std::vector<std::uint8_t> labels_;        ///< of the own rows
    std::vector<std::size_t> leaf_rows_;      ///< of the own leaves of one step
    std::vector<core::Tally> tallies_;        ///< of the own leaves of one step
};

}  // namespace dropsweep::train
