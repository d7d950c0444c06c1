#include "dropsweep/sweep/network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/core/decimal.hpp"
#include "dropsweep/core/error.hpp"
#include "dropsweep/core/reduction_tree.hpp"
#include "dropsweep/core/text.hpp"

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
    const std::vector<std::string_view> parts = core::split(text, ':');
    if (parts.size() != 2) {
        throw Error(ExitCode::usage, fmt::format("'{}' is neither 10GbE nor 25GbE nor IB nor latency:bandwidth", text));
    }
    const double microseconds = core::Decimal::parse(parts[0]).value();
    const double gigabits = core::Decimal::parse(parts[1]).value();
    if (gigabits == 0) throw Error(ExitCode::usage, fmt::format("'{}' has no bandwidth", text));
    return {microseconds / kMicroseconds, gigabits * kGigabit};
}

Traffic step_traffic(const StepExchange& exchange, std::span<const int> ranks_on_nodes) {
    const auto ranks = static_cast<std::size_t>(std::reduce(ranks_on_nodes.begin(), ranks_on_nodes.end()));
    if (ranks_on_nodes.size() == 1) return {};
    std::vector<std::size_t> sums;  // partial sums of each rank
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const core::RunMerge run(exchange.shards, core::part_of(exchange.shards, ranks, rank));
        sums.push_back(run.nodes.size());
    }
    const std::size_t all_sums = std::reduce(sums.begin(), sums.end());
    const double slice = static_cast<double>(exchange.parameters) / static_cast<double>(ranks);
    Traffic traffic;
    std::size_t begin = 0;
    for (const int count : ranks_on_nodes) {
        const auto here = static_cast<std::size_t>(count);
        const std::size_t elsewhere = ranks - here;
        const auto first = sums.begin() + static_cast<std::ptrdiff_t>(begin);
        const std::size_t own_sums = std::reduce(first, first + count);
        const std::size_t slices = std::max(own_sums * elsewhere, (all_sums - own_sums) * here);
        const double bytes =
            slice * static_cast<double>(sizeof(float) * slices + exchange.weight_bytes * here * elsewhere);
        const std::size_t most_sums = *std::max_element(first, first + count);
        const auto messages = static_cast<double>(exchange.layers * (most_sums + 1) * elsewhere);
        traffic.bytes = std::max(traffic.bytes, bytes);
        traffic.messages = std::max(traffic.messages, messages);
        begin += here;
    }
    traffic.messages += std::ceil(std::log2(ranks));
    return traffic;
}

double seconds(const Network& network, const Traffic& traffic) {
    return network.latency_seconds * traffic.messages + traffic.bytes / network.bytes_per_second;
}

}  // namespace dropsweep::sweep
