// Interpolates measured times, and measures them.
#include "dropsweep/sweep/cost_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/partition.hpp"
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

/// The largest share of a rank when `parts` parts are divided among ranks.
std::size_t most_of(std::size_t parts, int ranks) {
    return linalg::part_of(parts, static_cast<std::size_t>(ranks), 0).size();
}

/// The ranks of each node.
/// @param nodes  [ranks] node number
std::vector<std::vector<int>> ranks_by_node(const std::vector<int>& nodes) {
    std::map<int, std::vector<int>> found;
    for (std::size_t rank = 0; rank < nodes.size(); ++rank) found[nodes[rank]].push_back(static_cast<int>(rank));
    std::vector<std::vector<int>> ranks;
    for (auto& [node, members] : found) ranks.push_back(std::move(members));
    return ranks;
}

double steps_per_epoch(const train::Experiment& experiment) {
    const std::size_t samples = experiment.data.train.size();
    return static_cast<double>(samples) / static_cast<double>(std::min(experiment.options.batch_size, samples));
}

std::size_t parameters_of(const train::Experiment& experiment) {
    return nn::ParameterLayout(experiment.architecture).size();
}

constexpr std::array kTwoNodes = {1, 1};  ///< ranks on each

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

double CostModel::LoneStep::seconds(std::size_t own, std::size_t all) const {
    if (all == 1) return one_leaf;
    const double further = (all_leaves - one_leaf) / static_cast<double>(all - 1);
    return one_leaf + static_cast<double>(own - 1) * further;
}

CostModel::LoneStep CostModel::lone_step(double dropout) const {
    const auto above = steps.lower_bound(dropout);
    if (above == steps.begin()) return above->second;
    const auto& [rate, step] = *std::prev(above);
    if (above == steps.end()) return step;
    const double share = (dropout - rate) / (above->first - rate);
    return {.one_leaf = std::lerp(step.one_leaf, above->second.one_leaf, share),
            .all_leaves = std::lerp(step.all_leaves, above->second.all_leaves, share)};
}

double CostModel::step_seconds(double dropout, std::span<const int> ranks_on_nodes) const {
    const int ranks = std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end());
    double seconds = lone_step(dropout).seconds(most_of(leaves, ranks), leaves);
    if (!exchanges.empty()) {
        const int most = *std::ranges::max_element(ranks_on_nodes);
        const auto larger = exchanges.lower_bound(most);
        const auto& [measured, exchange] = larger == exchanges.end() ? *exchanges.rbegin() : *larger;
        // With steps of microseconds the noise of the measurement can make the sum negative.
        seconds = std::max(seconds + exchange * share_elsewhere(most) / share_elsewhere(measured), 0.0);
    }
    if (interconnect) {
        seconds += sweep::seconds(interconnect->network, step_traffic(interconnect->exchange, ranks_on_nodes));
    }
    return seconds;
}

double CostModel::epoch_seconds(double dropout, std::span<const int> ranks_on_nodes) const {
    constexpr double kHashes = 3;
    const int ranks = std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end());
    return steps_per_epoch * step_seconds(dropout, ranks_on_nodes) +
           static_cast<double>(most_of(validation_blocks, ranks)) * block_seconds + kHashes * hash_seconds;
}

double CostModel::end_seconds(int ranks) const {
    return static_cast<double>(most_of(test_blocks, ranks)) * block_seconds + hash_seconds;
}

bool CostModel::pays_across_nodes() const {
    constexpr double kWorthwhile = 0.9;
    if (!interconnect || leaves == 1) return false;
    Traffic traffic = step_traffic(interconnect->exchange, kTwoNodes);
    traffic.bytes *= interconnect->ranks_on_a_link;
    const double exchange = seconds(interconnect->network, traffic);
    return std::ranges::all_of(steps, [&](const auto& at_rate) {
        const LoneStep& step = at_rate.second;
        return step.seconds(most_of(leaves, 2), leaves) + exchange <= kWorthwhile * step.all_leaves;
    });
}

CostModel::LoneStep plausible(const CostModel::LoneStep& step, std::size_t leaves) {
    return {.one_leaf = std::clamp(step.one_leaf, step.all_leaves / static_cast<double>(leaves), step.all_leaves),
            .all_leaves = step.all_leaves};
}

StepExchange exchange_of(const train::Experiment& experiment) {
    const nn::ParameterLayout layout(experiment.architecture);
    const bool narrows = experiment.options.gemm_configuration.precision == linalg::Precision::bf16;
    return {.parameters = layout.size(),
            .layers = layout.layers(),
            .leaves = experiment.leaves(),
            .weight_bytes = narrows ? sizeof(linalg::BFloat16) : sizeof(float)};
}

CostModel measure_costs(const comm::Communicator& world, const train::Experiment& experiment,
                        const std::vector<double>& dropout_rates, double share) {
    CostModel costs;
    costs.leaves = experiment.leaves();
    costs.nodes = world.nodes();
    const std::vector<std::vector<int>> nodes = ranks_by_node(costs.nodes);
    const std::size_t largest_node = std::ranges::max_element(nodes, {}, &std::vector<int>::size)->size();
    std::vector<int> group_sizes;
    const auto largest = static_cast<int>(std::min(largest_node, costs.leaves));
    for (int ranks = 2; ranks <= largest; ranks *= 2) group_sizes.push_back(ranks);

    constexpr std::size_t kRounds = 5;
    constexpr double kTrainingSeconds = 0.4;
    constexpr double kSeconds = 0.5;
    const bool has_pairs = nodes.size() > 1 && costs.leaves > 1;
    const std::size_t kinds = 2 * dropout_rates.size() + group_sizes.size() + (has_pairs ? 1 : 0) + 2;
    // Steps are linear in their leaves, so that a part of a large batch is enough.
    constexpr std::size_t kLeaves = 16;
    const std::size_t measured = std::min(costs.leaves, std::max(kLeaves, largest_node));
    train::Experiment some = experiment;
    some.options.batch_size = std::min(some.options.batch_size, measured * some.options.leaf_rows);
    const train::Calibration calibration(world, nodes, some, dropout_rates, share * kTrainingSeconds,
                                         share * kSeconds / static_cast<double>(kRounds * kinds));
    std::map<double, std::vector<double>> one_leaf;
    std::map<double, std::vector<double>> all_leaves;
    std::map<int, std::vector<double>> groups;
    std::vector<double> pairs;
    std::vector<double> blocks;
    std::vector<double> hashes;
    // In turns, so that a temporary load on the machine affects all kinds alike.
    for (std::size_t round = 0; round < kRounds; ++round) {
        for (const double rate : dropout_rates) {
            one_leaf[rate].push_back(calibration.lone_step(rate, 1));
            all_leaves[rate].push_back(calibration.lone_step(rate, measured));
        }
        for (const int ranks : group_sizes) groups[ranks].push_back(calibration.group_step(ranks));
        if (has_pairs) pairs.push_back(calibration.pair_step());
        blocks.push_back(calibration.evaluation_block());
        hashes.push_back(calibration.hash());
    }

    std::map<double, CostModel::LoneStep> steps;
    for (const double rate : dropout_rates) {
        steps[rate] = plausible({median(one_leaf[rate]), median(all_leaves[rate])}, measured);
        costs.steps[rate] = {steps[rate].one_leaf, steps[rate].seconds(costs.leaves, measured)};
    }
    const auto longer_than_alone = [&](const std::vector<double>& of_group, int ranks) {
        return median(of_group) - steps.begin()->second.seconds(most_of(measured, ranks), measured);
    };
    for (const int ranks : group_sizes) costs.exchanges[ranks] = longer_than_alone(groups[ranks], ranks);
    if (has_pairs) {
        const auto at_once = static_cast<int>(std::min(nodes[0].size(), nodes[1].size()));
        costs.interconnect =
            CostModel::Interconnect{.network = {}, .exchange = exchange_of(experiment), .ranks_on_a_link = at_once};
        constexpr double kLeast =
            1e-6;  // the difference may be negative: each of a pair updates only half of the weights
        costs.interconnect->network.bytes_per_second = at_once *
                                                       step_traffic(costs.interconnect->exchange, kTwoNodes).bytes /
                                                       std::max(longer_than_alone(pairs, 2), kLeast);
    }
    costs.block_seconds = median(blocks);
    costs.hash_seconds = median(hashes);
    costs.steps_per_epoch = steps_per_epoch(experiment);
    costs.validation_blocks = blocks_of(experiment.data.validation);
    costs.test_blocks = blocks_of(experiment.data.test);
    return costs;
}

CostModel scaled(CostModel costs, const train::Experiment& measured, const train::Experiment& other) {
    const double ratio = static_cast<double>(parameters_of(other)) / static_cast<double>(parameters_of(measured));
    const std::size_t leaves = other.leaves();
    for (auto& [rate, step] : costs.steps) {
        // If the measured batches have one leaf, the further ones are taken to cost as much each.
        const double all =
            costs.leaves == 1 ? static_cast<double>(leaves) * step.one_leaf : step.seconds(leaves, costs.leaves);
        step = {.one_leaf = ratio * step.one_leaf, .all_leaves = ratio * all};
    }
    for (auto& [ranks, seconds] : costs.exchanges) seconds *= ratio;
    costs.leaves = leaves;
    costs.block_seconds *= ratio;
    costs.hash_seconds *= ratio;
    costs.steps_per_epoch = steps_per_epoch(other);
    if (costs.interconnect) costs.interconnect->exchange = exchange_of(other);
    return costs;
}

ByChoices<CostModel> measure_all_costs(const comm::Communicator& world, const ByChoices<train::Experiment>& experiments,
                                       const std::vector<double>& dropout_rates) {
    // For each number of parameters the experiment with the most leaves, from which fewer leaves can be interpolated.
    std::map<std::size_t, const train::Experiment*> by_size;
    for (const auto& [choices, experiment] : experiments) {
        const train::Experiment*& known = by_size[parameters_of(experiment)];
        if (known == nullptr || known->leaves() < experiment.leaves()) known = &experiment;
    }
    std::set<std::size_t> places = {0, (by_size.size() - 1) / 2, by_size.size() - 1};
    std::vector<std::pair<const train::Experiment*, CostModel>> measured;
    for (const std::size_t place : places) {
        const train::Experiment& experiment = *std::next(by_size.begin(), static_cast<std::ptrdiff_t>(place))->second;
        const double share = 1 / static_cast<double>(places.size());
        measured.emplace_back(&experiment, measure_costs(world, experiment, dropout_rates, share));
    }
    ByChoices<CostModel> costs;
    for (const auto& [choices, experiment] : experiments) {
        const auto distance = [&, size = static_cast<double>(parameters_of(experiment))](const auto& known) {
            return std::abs(std::log(size / static_cast<double>(parameters_of(*known.first))));
        };
        const auto& [known, its_costs] = *std::ranges::min_element(measured, {}, distance);
        costs.emplace(choices, scaled(its_costs, *known, experiment));
    }
    return costs;
}

}  // namespace dropsweep::sweep
