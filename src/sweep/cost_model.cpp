#include "dropsweep/sweep/cost_model.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "dropsweep/core/partition.hpp"
#include "dropsweep/train/calibration.hpp"
#include "dropsweep/train/evaluation.hpp"

namespace dropsweep::sweep {
namespace {

double share_elsewhere(int ranks) {
    return static_cast<double>(ranks - 1) / ranks;
}

std::size_t blocks_of(const data::Samples& samples) {
    return (samples.size() + train::kEvaluationRows - 1) / train::kEvaluationRows;
}

/// What the rank with the most of `parts` parts has.
std::size_t most_of(std::size_t parts, int ranks) {
    return core::part_of(parts, static_cast<std::size_t>(ranks), 0).size();
}

double lone_step_seconds(const CostModel::LoneStep& step, std::size_t own, std::size_t shards) {
    if (shards == 1) return step.one_shard;
    const double further = (step.all_shards - step.one_shard) / static_cast<double>(shards - 1);
    return step.one_shard + static_cast<double>(own - 1) * further;
}

/// With which a group of so many ranks is measured.
std::size_t shards_for(int ranks, std::span<const std::size_t> shards) {
    return *std::ranges::lower_bound(shards, static_cast<std::size_t>(ranks));
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

double CostModel::step_seconds(std::size_t shards, int ranks) const {
    double seconds = lone_step_seconds(steps.at(shards), most_of(shards, ranks), shards);
    if (!exchanges.empty()) {
        const auto larger = exchanges.lower_bound(ranks);
        const auto& [measured, exchange] = larger == exchanges.end() ? *exchanges.rbegin() : *larger;
        seconds += exchange * share_elsewhere(ranks) / share_elsewhere(measured);
    }
    if (nodes) {
        StepExchange exchange = nodes->exchange;
        exchange.shards = shards;
        std::vector<int> ranks_on_nodes;
        for (int left = ranks; left > 0; left -= nodes->ranks_per_node) {
            ranks_on_nodes.push_back(std::min(left, nodes->ranks_per_node));
        }
        seconds += sweep::seconds(nodes->network, step_traffic(exchange, ranks_on_nodes));
    }
    return seconds;
}

double CostModel::epoch_seconds(std::size_t shards, int ranks) const {
    constexpr double kHashes = 3;
    return steps_per_epoch * step_seconds(shards, ranks) +
           static_cast<double>(most_of(validation_blocks, ranks)) * block_seconds + kHashes * hash_seconds;
}

double CostModel::end_seconds(int ranks) const {
    return static_cast<double>(most_of(test_blocks, ranks)) * block_seconds + hash_seconds;
}

std::map<std::size_t, CostModel::LoneStep> plausible(std::map<std::size_t, CostModel::LoneStep> steps) {
    double least = 0;
    for (auto& [shards, step] : steps) {
        step.all_shards = std::max(step.all_shards, least);
        step.one_shard = std::clamp(step.one_shard, step.all_shards / static_cast<double>(shards), step.all_shards);
        least = step.all_shards;
    }
    return steps;
}

CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment, double dropout_rate,
                        std::span<const std::size_t> shards) {
    assert(!shards.empty());
    std::vector<int> group_sizes;
    const int largest = std::min(world.size(), static_cast<int>(shards.back()));
    for (int ranks = 2; ranks <= largest; ranks *= 2) group_sizes.push_back(ranks);

    constexpr std::size_t kRounds = 5;
    constexpr double kSeconds = 0.5;
    const auto measurements = static_cast<double>(kRounds * (2 * shards.size() + group_sizes.size() + 2));
    const train::Calibration calibration(world, experiment, dropout_rate, kSeconds / measurements);
    std::map<std::size_t, std::vector<double>> one_shard;
    std::map<std::size_t, std::vector<double>> all_shards;
    std::map<int, std::vector<double>> groups;
    std::vector<double> blocks;
    std::vector<double> hashes;
    // In turns, so that what else the machine does for a while falls on all of them.
    for (std::size_t round = 0; round < kRounds; ++round) {
        for (const std::size_t count : shards) {
            one_shard[count].push_back(calibration.lone_step(1, count));
            if (count > 1) all_shards[count].push_back(calibration.lone_step(count, count));
        }
        for (const int ranks : group_sizes) {
            groups[ranks].push_back(calibration.group_step(ranks, shards_for(ranks, shards)));
        }
        blocks.push_back(calibration.evaluation_block());
        hashes.push_back(calibration.hash());
    }

    CostModel costs;
    for (const std::size_t count : shards) {
        const double one = median(one_shard[count]);
        costs.steps[count] = {.one_shard = one, .all_shards = count == 1 ? one : median(all_shards[count])};
    }
    costs.steps = plausible(std::move(costs.steps));
    for (const int ranks : group_sizes) {
        const std::size_t count = shards_for(ranks, shards);
        costs.exchanges[ranks] =
            median(groups[ranks]) - lone_step_seconds(costs.steps.at(count), most_of(count, ranks), count);
    }
    costs.block_seconds = median(blocks);
    costs.hash_seconds = median(hashes);
    costs.steps_per_epoch = static_cast<double>(experiment.data.train.size()) /
                            static_cast<double>(std::min(experiment.options.batch_size, experiment.data.train.size()));
    costs.validation_blocks = blocks_of(experiment.data.validation);
    costs.test_blocks = blocks_of(experiment.data.test);
    return costs;
}

}  // namespace dropsweep::sweep
