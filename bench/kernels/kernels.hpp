// What the kernel benchmarks share: their costs, the model and the batch sizes.
#pragma once

#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::bench {

/// The least work of one call of a kernel.
struct Cost {
    double operations = 0;  ///< floating-point additions and multiplications; 0: not its bound
    double bytes = 0;       ///< each array read once and written once
    double footprint = 0;   ///< bytes that successive calls touch: tells in which cache they lie
};

inline void set_cost(benchmark::State& state, const Cost& cost) {
    state.counters["operations"] = cost.operations;
    state.counters["bytes"] = cost.bytes;
    state.counters["footprint"] = cost.footprint;
}

inline double float_bytes(std::size_t count) {
    return static_cast<double>(count * sizeof(float));
}

/// The model and the batches of all measurements.
inline const nn::Architecture kArchitecture{784, {512, 512}, 10};
inline const std::vector<long> kRows{128, 64, 32};  ///< of a batch on 1, 2 and 4 ranks

// Each registers its benchmarks with Google Benchmark.
void register_peak();
void register_memory();
void register_products();
void register_elementwise();

}  // namespace dropsweep::bench
