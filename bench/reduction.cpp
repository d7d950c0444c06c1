// Measures the two parts of the ordered reduction of the model's gradient. Under mpirun:
//
//     dropsweep_bench_reduction LEAVES REPETITIONS [NETWORK]
//
// Prints CSV: ranks, leaves, part, seconds (of the slowest rank, the median of all repetitions), bytes (that a rank
// must at least read and write in memory). With a NETWORK, as for `dropsweep plan`, a third row, part `predicted`: the
// seconds of both parts together by sweep/network.hpp, and the bytes through the busiest link.

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/nn/parameters.hpp"
#include "dropsweep/sweep/network.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "program.hpp"

using namespace dropsweep;

namespace {

/// Seconds of the slowest rank. Collective.
double seconds_of(const comm::Communicator& world, const std::function<void()>& part) {
    world.all_gather(0);  // all start together
    const system::Stopwatch stopwatch;
    part();
    return std::ranges::max(world.all_gather(stopwatch.seconds()));
}

/// How many ranks each node has, nodes in the order of their first ranks. Collective.
std::vector<int> ranks_on_nodes(const comm::Communicator& world) {
    const comm::Communicator node = world.split_by_node();
    std::vector<int> counts;
    for (const auto& [rank, size] : world.all_gather(std::array{node.rank(), node.size()})) {
        if (rank == 0) counts.push_back(size);
    }
    return counts;
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

void measure(std::size_t leaves, std::size_t repetitions, const std::optional<sweep::Network>& network) {
    const comm::Communicator world = comm::Communicator::world();
    const nn::ParameterLayout layout({784, {512, 512}, 10});
    std::vector<linalg::Range> layers;
    for (std::size_t layer = 0; layer < layout.layers(); ++layer) layers.push_back(layout.range_of(layer));
    comm::OrderedReduction reduction(world, world.split_by_node(), leaves, layers, sizeof(float));

    std::vector<double> reduce_seconds;
    std::vector<double> gather_seconds;
    for (std::size_t i = 0; i < repetitions; ++i) {
        reduce_seconds.push_back(seconds_of(world, [&] {
            for (std::size_t layer = layers.size(); layer-- > 0;) reduction.start(layer);
            for (std::size_t layer = layers.size(); layer-- > 0;) reduction.finish(layer);
        }));
        gather_seconds.push_back(seconds_of(world, [&] {
            for (std::size_t layer = layers.size(); layer-- > 0;) reduction.start_gather(layer);
            reduction.finish_gathers();
        }));
    }

    const std::vector<int> nodes = ranks_on_nodes(world);
    if (world.rank() != 0) return;
    const auto ranks = static_cast<std::size_t>(world.size());
    const std::size_t buffer_bytes = layout.size() * sizeof(float);
    const std::size_t others_bytes = buffer_bytes / ranks * (ranks - 1);
    const auto print = [&](const char* part, const std::vector<double>& seconds, std::size_t bytes) {
        fmt::print("{},{},{},{:.4g},{}\n", ranks, leaves, part, median(seconds), bytes);
    };
    fmt::print("ranks,leaves,part,seconds,bytes\n");
    print("reduce_scatter", reduce_seconds, 3 * others_bytes);  // each addition reads two and writes one
    // Reads one and writes one; on a single node nothing is gathered, its ranks share one buffer of weights.
    print("all_gather", gather_seconds, nodes.size() > 1 ? 2 * others_bytes : 0);
    if (network) {
        const sweep::Traffic traffic = sweep::step_traffic({layout.size(), layers.size(), leaves}, nodes);
        fmt::print("{},{},predicted,{:.4g},{}\n", ranks, leaves, sweep::seconds(*network, traffic), traffic.bytes);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) {
        fmt::print(stderr, "usage: dropsweep_bench_reduction LEAVES REPETITIONS [NETWORK]\n");
        return 2;
    }
    return bench::run("dropsweep_bench_reduction", [&] {
        std::optional<sweep::Network> network;
        if (argc == 4) network = sweep::parse_network(argv[3]);
        measure(std::stoul(argv[1]), std::stoul(argv[2]), network);
    });
}
