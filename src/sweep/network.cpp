// Reads a network from text, and counts what a step of the reduction sends over it.
#include "dropsweep/sweep/network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/linalg/reduction_tree.hpp"
#include "dropsweep/text/decimal.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::sweep {

Network parse_network(std::string_view text) {
    constexpr double kMicroseconds = 1e6;
    constexpr double kGigabit = 1e9 / 8;
    constexpr std::array<std::pair<std::string_view, Network>, 3> kNamed = {
        {{"10GbE", {30 / kMicroseconds, 10 * kGigabit}},
         {"25GbE", {20 / kMicroseconds, 25 * kGigabit}},
         {"IB", {2 / kMicroseconds, 100 * kGigabit}}}};
    for (const auto& [name, network] : kNamed) {
        if (name == text) return network;
    }
    const std::vector<std::string_view> parts = text::split(text, ':');
    if (parts.size() != 2) {
        throw Error(ExitCode::usage, fmt::format("'{}' is neither 10GbE nor 25GbE nor IB nor latency:bandwidth", text));
    }
    const double microseconds = text::Decimal::parse(parts[0]).value();
    const double gigabits = text::Decimal::parse(parts[1]).value();
    if (gigabits == 0) throw Error(ExitCode::usage, fmt::format("'{}' has no bandwidth", text));
    return {microseconds / kMicroseconds, gigabits * kGigabit};
}

Traffic step_traffic(const StepExchange& exchange, std::span<const int> ranks_on_nodes) {
    const std::size_t nodes = ranks_on_nodes.size();
    const auto ranks = static_cast<std::size_t>(std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end()));
    if (nodes == 1) return {};
    std::vector<std::size_t> sums;  // partial sums of each node, over the leaves of its ranks
    std::size_t first = 0;
    for (const int count : ranks_on_nodes) {
        const std::size_t end = first + static_cast<std::size_t>(count);
        const linalg::Range leaves{linalg::part_of(exchange.leaves, ranks, first).begin,
                                   linalg::part_of(exchange.leaves, ranks, end - 1).end};
        sums.push_back(linalg::LocalReductionPlan(exchange.leaves, leaves).nodes.size());
        first = end;
    }
    const std::size_t all_sums = std::reduce(sums.begin(), sums.end());
    const double slice = static_cast<double>(exchange.parameters) / static_cast<double>(ranks);
    Traffic traffic;
    for (std::size_t node = 0; node < nodes; ++node) {
        const auto here = static_cast<std::size_t>(ranks_on_nodes[node]);
        const std::size_t elsewhere = ranks - here;
        const std::size_t gradients = std::max(sums[node] * elsewhere, (all_sums - sums[node]) * here);
        const std::size_t weights = std::max(here * (nodes - 1), elsewhere);
        const double bytes = slice * static_cast<double>(sizeof(float) * gradients + exchange.weight_bytes * weights);
        const std::size_t handled = (elsewhere + here - 1) / here;
        const auto messages = static_cast<double>(exchange.layers * (sums[node] * handled + nodes - 1));
        traffic.bytes = std::max(traffic.bytes, bytes);
        traffic.messages = std::max(traffic.messages, messages);
    }
    traffic.messages += std::ceil(std::log2(ranks));
    return traffic;
}

double seconds(const Network& network, const Traffic& traffic) {
    return network.latency_seconds * traffic.messages + traffic.bytes / network.bytes_per_second;
}

}  // namespace dropsweep::sweep
