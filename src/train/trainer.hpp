// One training step on the ranks of a group, and the state it works on: forward, backward, reduce, update.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/comm/ordered_sum.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/system/checksum.hpp"
#include "dropsweep/train/evaluation.hpp"
#include "dropsweep/train/step_repeater.hpp"
#include "dropsweep/train/train_trial.hpp"

namespace dropsweep::train {

/// The order of the training samples in an epoch: a permutation of [0, n).
inline std::vector<std::uint32_t> epoch_order(const Experiment& experiment, std::uint64_t seed, std::uint32_t epoch) {
    const std::size_t count = experiment.data.train.size();
    return experiment.options.shuffle ? data::shuffled_order(count, seed, epoch) : data::file_order(count);
}

/// The dropout masks of an epoch.
struct EpochDropout {
    nn::Dropout inputs;
    std::vector<nn::Dropout> hidden;  ///< one for each layer
};

inline EpochDropout epoch_dropout(const Experiment& experiment, const DropoutRates& rates, std::uint64_t seed,
                                  std::uint32_t epoch) {
    EpochDropout dropout;
    dropout.inputs = {experiment.options.input_dropout, seed, 0, epoch, linalg::Purpose::input_dropout};
    for (std::uint32_t layer = 0; layer < experiment.architecture.hidden.size(); ++layer) {
        dropout.hidden.emplace_back(rates.of_layer(layer), seed, layer, epoch);
    }
    return dropout;
}

/// The progress after so many steps of an epoch.
inline StepProgress progress_of(const Experiment& experiment, std::uint32_t epoch, std::uint64_t steps) {
    return {epoch, steps, std::min(steps * experiment.options.batch_size, experiment.data.train.size())};
}

/// The network, weights, optimizer and buffers of one rank of the group.
template <class Products>
class Trainer {
  public:
    using Element = typename Products::Element;

    /// Collective over the group.
    /// @param seed         of the initial weights
    /// @param disturbance  of each step; nullptr: none. Outlives this object
    Trainer(const comm::Communicator& group, const Experiment& experiment, std::uint64_t seed,
            Disturbance* disturbance = nullptr)
        : group_(group),
          experiment_(experiment),
          disturbance_(disturbance),
          leaves_(experiment.leaves()),
          dense_(experiment.architecture),
          mlp_(experiment.architecture, most_rows(), loss_of(experiment.options.rules), experiment.class_weights),
          reduction_(group, group.split_by_node(), leaves_, layer_ranges(), sizeof(Element),
                     experiment.options.verify > 0),
          sum_(group, leaves_),
          labels_(most_rows()) {
        const optim::Settings optimizer = by_rules(experiment.options.rules, experiment.options.optimizer);
        for (std::size_t layer = 0; layer < mlp_.layout().layers(); ++layer) {
            optimizers_.emplace_back(optimizer, reduction_.own_slice(layer).size());
        }
        if constexpr (kNarrows) master_ = linalg::FloatBuffer(mlp_.layout().size());
        std::vector<float> initial(experiment.initial_weights.begin(), experiment.initial_weights.end());
        if (initial.empty()) {
            initial.resize(dense_.size());
            nn::glorot_uniform(experiment.architecture, seed, initial);
        }
        set_weights(initial);
    }

    /// All float32 weights in the dense (unpadded) layout of files, equal on all ranks. Collective over the group.
    linalg::FloatBuffer weights() {
        if constexpr (kNarrows) reduction_.all_gather(master());
        linalg::FloatBuffer dense(dense_.size());
        nn::copy_parameters(mlp_.layout(), master(), dense_, dense.span());
        return dense;
    }

    /// Sets all weights; those of magnitude below 2^-40 become zero. Collective over the group.
    /// @param dense  as from weights(), equal on all ranks
    void set_weights(std::span<const float> dense) {
        put_weights([&](std::span<float> padded) {
            nn::copy_parameters(dense_, dense, mlp_.layout(), padded);
            linalg::remove_tiny(padded);
        });
    }

    /// The result of a step, equal on all ranks.
    struct Step {
        linalg::LossAndCorrect total;  ///< over the batch, before the update; loss NaN: a new weight is not finite
        bool interrupt = false;        ///< whether any rank of the group wants to interrupt the trial
    };

    /// Forward, backward, reduce, update. Collective over the group.
    /// @param end        where the epoch is after it
    /// @param interrupt  whether this rank wants to interrupt the trial
    /// @param evidence   out: checksums of this rank's results; nullptr: not computed
    Step step(std::span<const std::uint32_t> batch, const EpochDropout& dropout, const StepProgress& end,
              bool interrupt, StepEvidence* evidence = nullptr) {
        const std::span<const std::uint32_t> samples = own_rows(batch);
        const std::span<std::uint8_t> labels = std::span(labels_).first(samples.size());
        data::gather(experiment_.data.train, samples, mlp_.inputs(samples.size()), labels);
        if (dropout.inputs.active()) nn::drop_inputs(dropout.inputs, samples, mlp_.inputs(samples.size()));
        disturb(end, StepBuffer::weights, product_weights());
        mlp_.forward(product_weights(), leaf_rows_, dropout.hidden, samples);
        disturb(end, StepBuffer::activations, mlp_.activations());
        losses_.resize(leaf_rows_.size());
        const auto start_reduction = [&](std::size_t layer) {
            if (layer == 0) disturb(end, StepBuffer::gradients, reduction_.sums().front());
            if (evidence != nullptr) add_gradient(layer, evidence->gradients);
            reduction_.start(layer);
        };
        // By reference: std::function would allocate room for so many captures.
        mlp_.backward(
            product_weights(), labels, dropout.hidden,
            {reduction_.plan(), reduction_.sums(), std::ref(start_reduction), [this] { reduction_.progress(); }},
            losses_);
        if (evidence != nullptr) add(std::span<const linalg::LossAndCorrect>(losses_), evidence->gradients);
        bool finite = true;
        for (std::size_t layer = mlp_.layout().layers(); layer-- > 0;) {
            const std::span<const float> gradient = reduction_.finish(layer);
            finite &= update(layer, gradient, 1.0f / static_cast<float>(batch.size()), number_of(end));
            if (evidence != nullptr) add_update(layer, *evidence);
            reduction_.start_gather(layer);
        }
        // Checked here: products skip zeros, so that an infinite weight need not make a later loss infinite or NaN.
        if (!finite) losses_.front().loss = std::numeric_limits<double>::quiet_NaN();
        const auto [total, any_interrupts] = sum_(losses_, interrupt, reduction_.take_imbalance());
        reduction_.finish_gathers();
        return {total, any_interrupts};
    }

    /// Elements of StepState::moments of this rank. Local.
    std::size_t moments() const {
        std::size_t size = 0;
        for (const optim::Optimizer& optimizer : optimizers_) size += optimizer.moments().size();
        return size;
    }
    StepState make_state() const { return {linalg::FloatBuffer(mlp_.layout().size()), linalg::FloatBuffer(moments())}; }
    /// Copies weights and moments into `state`. Collective over the group.
    void read_state(StepState& state) {
        if constexpr (kNarrows) reduction_.all_gather(master());
        std::ranges::copy(master(), state.weights.data());
        float* next = state.moments.data();
        for (const optim::Optimizer& optimizer : optimizers_) next = std::ranges::copy(optimizer.moments(), next).out;
    }
    /// The reverse. Collective over the group.
    /// @param weights, moments  as in StepState
    void set_state(std::span<const float> weights, std::span<const float> moments) {
        put_weights([&](std::span<float> padded) { std::ranges::copy(weights, padded.begin()); });
        for (optim::Optimizer& optimizer : optimizers_) {
            const std::span<float> own = optimizer.moments();
            std::ranges::copy(moments.first(own.size()), own.begin());
            moments = moments.subspan(own.size());
        }
    }

    /// Gathers weights and moments into the checkpoint of every rank. Collective over the group.
    void save(Checkpoint& checkpoint) {
        checkpoint.weights = weights();
        linalg::FloatBuffer padded(mlp_.layout().size());
        checkpoint.moments = linalg::FloatBuffer(count_of_moments() * dense_.size());
        for (std::size_t moment = 0; moment < count_of_moments(); ++moment) {
            for (std::size_t layer = 0; layer < optimizers_.size(); ++layer) {
                std::ranges::copy(own_moment(layer, moment), own_slice(padded.span(), layer).begin());
            }
            reduction_.all_gather(padded.span());
            nn::copy_parameters(mlp_.layout(), padded.span(), dense_,
                                checkpoint.moments.span().subspan(moment * dense_.size(), dense_.size()));
        }
    }

    /// Takes weights and moments from the checkpoint of the group's first rank. Collective over the group.
    void restore(const Checkpoint& checkpoint) {
        linalg::FloatBuffer dense(dense_.size());
        const auto broadcast = [&](const linalg::FloatBuffer& values, std::size_t part) {
            if (group_.rank() == 0)
                std::ranges::copy(values.span().subspan(part * dense.size(), dense.size()), dense.data());
            group_.broadcast(dense.span(), 0);
        };
        broadcast(checkpoint.weights, 0);
        set_weights(dense.span());
        linalg::FloatBuffer padded(mlp_.layout().size());
        for (std::size_t moment = 0; moment < count_of_moments(); ++moment) {
            broadcast(checkpoint.moments, moment);
            nn::copy_parameters(dense_, dense.span(), mlp_.layout(), padded.span());
            for (std::size_t layer = 0; layer < optimizers_.size(); ++layer) {
                std::ranges::copy(own_slice(padded.span(), layer), own_moment(layer, moment).begin());
            }
        }
    }

    /// As train::evaluate, with the present weights. Collective over the group.
    Evaluation evaluate(const data::Samples& samples, std::span<std::uint8_t> predicted = {}) {
        return train::evaluate(group_, mlp_, product_weights(), samples, predicted);
    }

  private:
    /// Whether the products take weights narrower than float32.
    static constexpr bool kNarrows = !std::is_same_v<Element, float>;

    /// @param put  put(padded) writes all weights, the same on all ranks
    template <class Put>
    void put_weights(Put&& put) {
        if constexpr (kNarrows) {
            put(master_.span());
            reduction_.set_weights([&] { linalg::narrow(master_.span(), product_weights()); });
        } else {
            reduction_.set_weights([&] { put(product_weights()); });
        }
    }

    /// Of a step in the trial, from 1.
    std::uint64_t number_of(const StepProgress& end) const {
        const std::size_t batch_size = experiment_.options.batch_size;
        const std::size_t batches = (experiment_.data.train.size() + batch_size - 1) / batch_size;
        return std::uint64_t{end.epoch} * batches + end.step;
    }

    template <class T>
    void disturb(const StepProgress& end, StepBuffer buffer, std::span<T> values) {
        if (disturbance_ != nullptr) disturbance_->disturb(end, buffer, std::as_writable_bytes(values));
    }
    template <class T>
    static void add(std::span<const T> values, std::uint64_t& evidence) {
        evidence = system::checksum(std::as_bytes(values), evidence);
    }
    void add_gradient(std::size_t layer, std::uint64_t& evidence) const {
        const linalg::Range range = mlp_.layout().range_of(layer);
        for (const std::span<const float> sum : reduction_.sums()) {
            add(sum.subspan(range.begin, range.size()), evidence);
        }
    }
    void add_update(std::size_t layer, StepEvidence& evidence) {
        add(std::span<const float>(own_slice(master(), layer)), evidence.weights);
        add(std::span<const float>(optimizers_[layer].moments()), evidence.moments);
    }

    /// The most rows of a forward pass of this rank: its leaves of a batch, or a block of an evaluation.
    std::size_t most_rows() const {
        const std::size_t batch_size = std::min(experiment_.options.batch_size, experiment_.data.train.size());
        const linalg::Range own =
            linalg::part_of(leaves_, static_cast<std::size_t>(group_.size()), static_cast<std::size_t>(group_.rank()));
        return std::max(kEvaluationRows, data::rows_of_leaves(own, experiment_.options.leaf_rows, batch_size).size());
    }

    std::vector<linalg::Range> layer_ranges() const {
        std::vector<linalg::Range> ranges;
        for (std::size_t layer = 0; layer < mlp_.layout().layers(); ++layer) {
            ranges.push_back(mlp_.layout().range_of(layer));
        }
        return ranges;
    }

    /// The samples of this rank's leaves of a batch. Sets leaf_rows_.
    std::span<const std::uint32_t> own_rows(std::span<const std::uint32_t> batch) {
        const linalg::Range own = reduction_.own_leaves();
        leaf_rows_.clear();
        for (std::size_t leaf = own.begin; leaf < own.end; ++leaf) {
            leaf_rows_.push_back(rows_of({leaf, leaf + 1}, batch).size());
        }
        const linalg::Range rows = rows_of(own, batch);
        return batch.subspan(rows.begin, rows.size());
    }

    linalg::Range rows_of(const linalg::Range& leaves, std::span<const std::uint32_t> batch) const {
        return data::rows_of_leaves(leaves, experiment_.options.leaf_rows, batch.size());
    }

    std::size_t count_of_moments() const { return optim::definition_of(experiment_.options.optimizer.rule).moments; }
    /// The own slice of a layer in a flat buffer, and one of its moments.
    template <class T>
    std::span<T> own_slice(std::span<T> flat, std::size_t layer) const {
        const linalg::Range slice = reduction_.own_slice(layer);
        return flat.subspan(slice.begin, slice.size());
    }
    std::span<float> own_moment(std::size_t layer, std::size_t moment) {
        const std::size_t size = reduction_.own_slice(layer).size();
        return optimizers_[layer].moments().subspan(moment * size, size);
    }

    /// @return  whether all new weights are finite
    bool update(std::size_t layer, std::span<const float> gradient, float gradient_scale, std::uint64_t number) {
        std::span<linalg::BFloat16> narrowed;
        if constexpr (kNarrows) narrowed = own_slice(product_weights(), layer);
        return optimizers_[layer].update(own_slice(master(), layer), gradient, gradient_scale, number, narrowed);
    }

    /// The float32 weights, padded: the shared ones, or with bfloat16 products a buffer of this rank, in which only its
    /// own slices are current between steps.
    std::span<float> master() {
        if constexpr (kNarrows) {
            return master_.span();
        } else {
            return product_weights();
        }
    }
    std::span<Element> product_weights() { return reduction_.template weights<Element>(); }

    const comm::Communicator& group_;
    const Experiment& experiment_;
    Disturbance* disturbance_;
    std::size_t leaves_;
    nn::ParameterLayout dense_;  ///< without padding: of files, checkpoints and hashes
    nn::Mlp<Products> mlp_;
    comm::OrderedReduction reduction_;
    comm::OrderedSum sum_;
    linalg::FloatBuffer master_;
    std::vector<optim::Optimizer> optimizers_;    ///< of each layer, its own slice
    std::vector<std::uint8_t> labels_;            ///< of the own rows
    std::vector<std::size_t> leaf_rows_;          ///< of the own leaves of one step
    std::vector<linalg::LossAndCorrect> losses_;  ///< of the own leaves of one step
};

}  // namespace dropsweep::train
