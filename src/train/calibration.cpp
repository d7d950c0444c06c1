// Trains the networks, and times steps, evaluations and hashes.
#include "dropsweep/train/calibration.hpp"

#include <algorithm>

#include "dropsweep/system/sha256.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "trainer.hpp"

namespace dropsweep::train {
namespace {

constexpr std::uint64_t kSeed = 0;

/// The mean over the ranks that take part. Collective over world.
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

/// Calls work(Trainer) with the products of the experiment's GEMM configuration. Collective over the group.
template <class Work>
auto with_trainer(const comm::Communicator& group, const Experiment& experiment, Work&& work) {
    return linalg::with_products(experiment.options.gemm_configuration, [&](auto products) {
        Trainer<typename decltype(products)::type> trainer(group, experiment, kSeed);
        return work(trainer);
    });
}

}  // namespace

Calibration::Calibration(const comm::Communicator& world, const std::vector<std::vector<int>>& nodes,
                         const Experiment& experiment, const std::vector<double>& dropout_rates,
                         double training_seconds, double budget_seconds)
    : world_(world), nodes_(nodes), experiment_(experiment), budget_{budget_seconds, 50} {
    for (const double rate : dropout_rates) {
        networks_.push_back(trained(rate, training_seconds / static_cast<double>(dropout_rates.size())));
    }
    for (std::size_t node = 0; node < nodes.size(); ++node) {
        const auto found = std::ranges::find(nodes[node], world.rank());
        if (found == nodes[node].end()) continue;
        own_node_ = node;
        place_ = static_cast<std::size_t>(found - nodes[node].begin());
    }
}

/// Trains a network, since products skip zeros and trained weights give more zero activations than initial ones.
Calibration::Network Calibration::trained(double dropout_rate, double seconds) const {
    constexpr double kMostSteps = 500;
    const comm::Communicator alone = world_.split(world_.rank(), 0);
    return with_trainer(alone, experiment_, [&](auto& trainer) {
        run_steps(trainer, experiment_, dropout_rate, {seconds, kMostSteps}, true);
        return Network{dropout_rate, trainer.weights()};
    });
}

/// An experiment with this network and a batch of so many leaves. The learning rate is 0, so that all measurements are
/// of the same network.
Experiment Calibration::experiment_of(const Network& network, std::size_t leaves) const {
    Experiment experiment = experiment_;
    experiment.initial_weights = network.weights.span();
    experiment.options.batch_size = std::min(experiment.options.batch_size, leaves * experiment.options.leaf_rows);
    experiment.options.optimizer.learning_rate = 0;
    return experiment;
}

/// Mean seconds of one repetition. Collective over world.
/// @param work  work(n) makes n repetitions
template <class Work>
double Calibration::measure(Work&& work, const Budget& budget, bool takes_part) const {
    const auto seconds_of = [&](std::size_t times) {
        world_.barrier();
        const system::Stopwatch stopwatch;
        if (takes_part) work(times);
        return mean_of(world_, stopwatch.seconds() / static_cast<double>(times), takes_part);
    };
    // The first repetition, which touches new memory, only tells how many fit into the budget.
    return seconds_of(static_cast<std::size_t>(std::clamp(budget.seconds / seconds_of(1), 1.0, budget.most_calls)));
}

template <class Trainer>
double Calibration::run_steps(Trainer& trainer, const Experiment& experiment, double dropout_rate, const Budget& budget,
                              bool takes_part) const {
    const std::vector<std::uint32_t> order = epoch_order(experiment, kSeed, 0);
    const EpochDropout dropout = epoch_dropout(experiment, dropout_rate, kSeed, 0);
    const data::Batches batches(order, experiment.options.batch_size);
    std::size_t next = 0;
    const auto step = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) {
            trainer.step(batches[next % batches.count()], dropout, {.step = next + 1}, false);
            ++next;
        }
    };
    return measure(step, budget, takes_part);
}

double Calibration::measure_steps(const comm::Communicator& group, const Network& network, std::size_t leaves,
                                  bool takes_part) const {
    const Experiment experiment = experiment_of(network, leaves);
    return with_trainer(group, experiment, [&](auto& trainer) {
        return run_steps(trainer, experiment, network.dropout_rate, budget_, takes_part);
    });
}

double Calibration::lone_step(double dropout_rate, std::size_t own) const {
    const Network& network = *std::ranges::find(networks_, dropout_rate, &Network::dropout_rate);
    return measure_steps(world_.split(world_.rank(), 0), network, own, true);
}

double Calibration::group_step(int ranks) const {
    const std::vector<int>& node = nodes_[own_node_];
    const auto size = static_cast<std::size_t>(ranks);
    const std::size_t first = place_ / size * size;
    return measure_steps(world_.split(node[first], world_.rank()), networks_.front(), experiment_.leaves(),
                         first + size <= node.size());
}

double Calibration::pair_step() const {
    const std::size_t partner = own_node_ ^ 1U;
    const bool takes_part = partner < nodes_.size() && place_ < nodes_[partner].size();
    const int first = takes_part ? nodes_[std::min(own_node_, partner)][place_] : world_.rank();
    return measure_steps(world_.split(first, world_.rank()), networks_.front(), experiment_.leaves(), takes_part);
}

double Calibration::evaluation_block() const {
    constexpr std::size_t kBlocks = 4;
    const comm::Communicator alone = world_.split(world_.rank(), 0);
    const Experiment experiment = experiment_of(networks_.front(), 1);
    const data::Samples& all = experiment.data.validation;
    const data::Samples some = all.subset({0, std::min(all.size(), kBlocks * kEvaluationRows)});
    const std::size_t blocks = (some.size() + kEvaluationRows - 1) / kEvaluationRows;
    return with_trainer(alone, experiment, [&](auto& trainer) {
        const auto evaluate_some = [&](std::size_t times) {
            for (std::size_t i = 0; i < times; ++i) trainer.evaluate(some);
        };
        return measure(evaluate_some, budget_, true) / static_cast<double>(blocks);
    });
}

double Calibration::hash() const {
    const auto hash_weights = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) system::sha256(networks_.front().weights.span());
    };
    return measure(hash_weights, budget_, true);
}

}  // namespace dropsweep::train
