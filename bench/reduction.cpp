// What the ordered reduction of the model's gradient costs, by parts. Under mpirun:
//
//     dropsweep_bench_reduction SHARDS REPETITIONS
//
// Prints CSV: ranks, shards, part, seconds (of the slowest rank, the median of all repetitions), bytes (that a rank
// must at least read and write in memory).

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/comm/ordered_reduction.hpp"
#include "dropsweep/nn/parameters.hpp"

using namespace dropsweep;

namespace {

/// Seconds of the slowest rank. Collective.
double seconds_of(const comm::Communicator& world, const std::function<void()>& part) {
    world.all_gather(0);  // all start together
    const auto start = std::chrono::steady_clock::now();
    part();
    return std::ranges::max(
        world.all_gather(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()));
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "usage: dropsweep_bench_reduction SHARDS REPETITIONS\n");
        return 2;
    }
    const std::size_t shards = std::stoul(argv[1]);
    const std::size_t repetitions = std::stoul(argv[2]);
    const comm::Environment mpi;
    const comm::Communicator world = comm::Communicator::world();
    const nn::ParameterLayout layout({784, {512, 512}, 10});
    std::vector<core::Range> layers;
    for (std::size_t layer = 0; layer < layout.layers(); ++layer) layers.push_back(layout.range_of(layer));
    comm::OrderedReduction reduction(world, shards, layers, sizeof(float), comm::exchange_within(world));

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

    if (world.rank() != 0) return 0;
    const auto ranks = static_cast<std::size_t>(world.size());
    const std::size_t buffer_bytes = layout.size() * sizeof(float);
    const std::size_t others_bytes = buffer_bytes / ranks * (ranks - 1);
    const auto print = [&](const char* part, const std::vector<double>& seconds, std::size_t bytes) {
        fmt::print("{},{},{},{:.4g},{}\n", ranks, shards, part, median(seconds), bytes);
    };
    fmt::print("ranks,shards,part,seconds,bytes\n");
    print("reduce_scatter", reduce_seconds, 3 * others_bytes);  // each addition reads two and writes one
    print("all_gather", gather_seconds, 2 * others_bytes);      // reads one and writes one
}
