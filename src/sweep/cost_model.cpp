#include "dropsweep/sweep/cost_model.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <utility>
#include <vector>

#include "dropsweep/core/bfloat16.hpp"
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

/// @param nodes  of each rank
std::vector<std::vector<int>> ranks_by_node(const std::vector<int>& nodes) {
    std::map<int, std::vector<int>> found;
    for (std::size_t rank = 0; rank < nodes.size(); ++rank) found[nodes[rank]].push_back(static_cast<int>(rank));
    std::vector<std::vector<int>> ranks;
    for (auto& [node, members] : found) ranks.push_back(std::move(members));
    return ranks;
}

constexpr std::array kTwoNodes = {1, 1};  ///< ranks on each

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

double CostModel::step_seconds(std::size_t shards, std::span<const int> ranks_on_nodes) const {
    const int ranks = std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end());
    double seconds = lone_step_seconds(steps.at(shards), most_of(shards, ranks), shards);
    if (!exchanges.empty()) {
        const int most = *std::ranges::max_element(ranks_on_nodes);
        const auto larger = exchanges.lower_bound(most);
        const auto& [measured, exchange] = larger == exchanges.end() ? *exchanges.rbegin() : *larger;
        seconds += exchange * share_elsewhere(most) / share_elsewhere(measured);
    }
    if (interconnect) {
        StepExchange exchange = interconnect->exchange;
        exchange.shards = shards;
        seconds += sweep::seconds(interconnect->network, step_traffic(exchange, ranks_on_nodes));
    }
    return seconds;
}

double CostModel::epoch_seconds(std::size_t shards, std::span<const int> ranks_on_nodes) const {
    constexpr double kHashes = 3;
    const int ranks = std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end());
    return steps_per_epoch * step_seconds(shards, ranks_on_nodes) +
           static_cast<double>(most_of(validation_blocks, ranks)) * block_seconds + kHashes * hash_seconds;
}

double CostModel::end_seconds(int ranks) const {
    return static_cast<double>(most_of(test_blocks, ranks)) * block_seconds + hash_seconds;
}

bool CostModel::pays_across_nodes(std::size_t shards) const {
    constexpr double kWorthwhile = 0.9;
    if (!interconnect || shards == 1) return false;
    StepExchange exchange = interconnect->exchange;
    exchange.shards = shards;
    Traffic traffic = step_traffic(exchange, kTwoNodes);
    traffic.bytes *= interconnect->ranks_on_a_link;
    const LoneStep& step = steps.at(shards);
    return lone_step_seconds(step, most_of(shards, 2), shards) + seconds(interconnect->network, traffic) <=
           kWorthwhile * step.all_shards;
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

StepExchange exchange_of(const train::Experiment& experiment) {
    const nn::ParameterLayout layout(experiment.architecture);
    const bool narrows = experiment.options.arithmetic.precision == core::Precision::bf16;
    return {.parameters = layout.size(),
            .layers = layout.layers(),
            .shards = 0,
            .weight_bytes = narrows ? sizeof(core::BFloat16) : sizeof(float)};
}

CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment, double dropout_rate,
                        std::span<const std::size_t> shards) {
    assert(!shards.empty());
    CostModel costs;
    costs.nodes = world.nodes();
    const std::vector<std::vector<int>> nodes = ranks_by_node(costs.nodes);
    const std::size_t largest_node = std::ranges::max_element(nodes, {}, &std::vector<int>::size)->size();
    std::vector<int> group_sizes;
    const auto largest = static_cast<int>(std::min(largest_node, shards.back()));
    for (int ranks = 2; ranks <= largest; ranks *= 2) group_sizes.push_back(ranks);

    constexpr std::size_t kRounds = 5;
    constexpr double kSeconds = 0.5;
    const bool has_pairs = nodes.size() > 1 && shards.back() > 1;
    const std::size_t kinds = 2 * shards.size() + group_sizes.size() + (has_pairs ? 1 : 0) + 2;
    const train::Calibration calibration(world, nodes, experiment, dropout_rate,
                                         kSeconds / static_cast<double>(kRounds * kinds));
    std::map<std::size_t, std::vector<double>> one_shard;
    std::map<std::size_t, std::vector<double>> all_shards;
    std::map<int, std::vector<double>> groups;
    std::vector<double> pairs;
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
        if (has_pairs) pairs.push_back(calibration.pair_step(shards_for(2, shards)));
        blocks.push_back(calibration.evaluation_block());
        hashes.push_back(calibration.hash());
    }

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
    if (has_pairs) {
        const std::size_t count = shards_for(2, shards);
        const double longer = median(pairs) - lone_step_seconds(costs.steps.at(count), most_of(count, 2), count);
        const auto at_once = static_cast<int>(std::min(nodes[0].size(), nodes[1].size()));
        costs.interconnect =
            CostModel::Interconnect{.network = {}, .exchange = exchange_of(experiment), .ranks_on_a_link = at_once};
        StepExchange exchange = costs.interconnect->exchange;
        exchange.shards = count;
        constexpr double kLeast = 1e-6;  // a rank that updates half of the weights alone saves time as well
        costs.interconnect->network.bytes_per_second =
            at_once * step_traffic(exchange, kTwoNodes).bytes / std::max(longer, kLeast);
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
