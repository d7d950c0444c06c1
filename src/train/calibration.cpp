#include "dropsweep/train/calibration.hpp"

#include <algorithm>

#include "dropsweep/core/partition.hpp"
#include "dropsweep/core/sha256.hpp"
#include "dropsweep/core/stopwatch.hpp"

#include "step.hpp"

namespace dropsweep::train {
namespace {

constexpr std::uint64_t kSeed = 0;

/// Over the ranks that take part. Collective over world.
double mean_of(const comm::Communicator& world, double value, bool takes_part) {
    struct Share {
        double value;
        double count;
    };
    Share sum{0, 0};
    for (const Share& share : world.all_gather(takes_part ? Share{value, 1} : Share{0, 0})) {
        sum.value += share.value;
        sum.count += share.count;
    }
    return sum.value / sum.count;
}

}  // namespace

Calibration::Calibration(const comm::Communicator& world, const std::vector<std::vector<int>>& nodes,
                         const Experiment& experiment, double dropout_rate, double budget_seconds)
    : world_(world),
      nodes_(nodes),
      experiment_(experiment),
      dropout_rate_(dropout_rate),
      budget_seconds_(budget_seconds),
      weights_(nn::ParameterLayout(experiment.architecture).size()) {
    nn::glorot_uniform(experiment.architecture, kSeed, weights_);
    for (std::size_t node = 0; node < nodes.size(); ++node) {
        const auto found = std::ranges::find(nodes[node], world.rank());
        if (found == nodes[node].end()) continue;
        own_node_ = node;
        place_ = static_cast<std::size_t>(found - nodes[node].begin());
    }
}

/// Weights that a step leaves as they are, so that nothing can overflow.
Experiment Calibration::with_shards(std::size_t shards, std::size_t batch_size) const {
    Experiment experiment = experiment_;
    experiment.initial_weights = weights_;
    experiment.options.shards = shards;
    experiment.options.batch_size = batch_size;
    experiment.options.optimizer.learning_rate = 0;
    return experiment;
}

/// Seconds of one call of `work`, which is given how many it is to make.
template <class Work>
double Calibration::measure(Work&& work, bool takes_part) const {
    const auto seconds_of = [&](std::size_t times) {
        world_.barrier();
        const core::Stopwatch stopwatch;
        if (takes_part) work(times);
        return mean_of(world_, stopwatch.seconds() / static_cast<double>(times), takes_part);
    };
    // The first call, which touches new memory, only tells how many fit in.
    constexpr double kMost = 50;
    return seconds_of(static_cast<std::size_t>(std::clamp(budget_seconds_ / seconds_of(1), 1.0, kMost)));
}

double Calibration::measure_steps(const comm::Communicator& group, const Experiment& experiment,
                                  bool takes_part) const {
    Trainer trainer(group, experiment, dropout_rate_, kSeed);
    const std::vector<std::uint32_t> order = trainer.epoch_order(0);
    const std::vector<nn::Dropout> dropout = trainer.epoch_dropout(0);
    const data::Batches batches(order, experiment.options.batch_size);
    std::size_t next = 0;
    const auto step = [&](std::size_t times) {
        bool interrupt = false;
        for (std::size_t i = 0; i < times; ++i) {
            trainer.step(batches[next++ % batches.count()], dropout, TrialObserver{}, interrupt);
        }
    };
    return measure(step, takes_part);
}

double Calibration::lone_step(std::size_t own, std::size_t shards) const {
    const std::size_t rows = core::part_of(experiment_.options.batch_size, shards, 0).size();
    return measure_steps(world_.split(world_.rank(), 0), with_shards(own, own * rows), true);
}

double Calibration::group_step(int ranks, std::size_t shards) const {
    const std::vector<int>& node = nodes_[own_node_];
    const auto size = static_cast<std::size_t>(ranks);
    const std::size_t first = place_ / size * size;
    return measure_steps(world_.split(node[first], world_.rank()), with_shards(shards, experiment_.options.batch_size),
                         first + size <= node.size());
}

double Calibration::pair_step(std::size_t shards) const {
    const std::size_t partner = own_node_ ^ 1U;
    const bool takes_part = partner < nodes_.size() && place_ < nodes_[partner].size();
    const int first = takes_part ? nodes_[std::min(own_node_, partner)][place_] : world_.rank();
    return measure_steps(world_.split(first, world_.rank()), with_shards(shards, experiment_.options.batch_size),
                         takes_part);
}

double Calibration::evaluation_block() const {
    constexpr std::size_t kBlocks = 4;
    const comm::Communicator alone = world_.split(world_.rank(), 0);
    const Experiment experiment = with_shards(1, 1);
    Trainer trainer(alone, experiment, dropout_rate_, kSeed);
    const data::Samples& all = experiment.data.validation;
    const data::Samples some = all.subset({0, std::min(all.size(), kBlocks * kEvaluationRows)});
    const std::size_t blocks = (some.size() + kEvaluationRows - 1) / kEvaluationRows;
    const auto evaluate_some = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) trainer.evaluate(some);
    };
    return measure(evaluate_some, true) / static_cast<double>(blocks);
}

double Calibration::hash() const {
    const auto hash_weights = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) core::sha256(std::span<const float>(weights_));
    };
    return measure(hash_weights, true);
}

}  // namespace dropsweep::train
