// Nothing is allocated inside a step.
#include <atomic>
#include <cstdlib>
#include <map>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/small_experiment.hpp"

// A program of its own, because it replaces the global operator new, as a program may ([replacement.functions]).

namespace {

std::atomic<std::size_t> allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

namespace dropsweep::train {
namespace {

using testing_support::SmallExperiment;

/// oneDNN allocates some small things of its own in each product.
TEST(Allocation, NothingIsAllocatedInsideAStep) {
    const comm::Communicator world = comm::Communicator::world();
    for (const linalg::Gemm gemm : {linalg::Gemm::own, linalg::Gemm::openblas}) {
        SmallExperiment small;
        small.experiment.options.gemm_configuration.gemm = gemm;
        small.experiment.options.leaf_rows = 3;
        small.experiment.options.batch_size = 13;
        std::map<std::uint64_t, std::size_t> seen;  // by step, of the last epoch
        for (std::uint64_t step = 1; step <= 9; ++step) seen[step] = 0;
        testing_support::LambdaObserver observer;
        observer.step = [&](const StepProgress& progress) { seen[progress.step] = allocations; };
        train_trial(world, small.experiment, 0.4, 1, observer);
        for (std::uint64_t step = 2; step <= 9; ++step) {
            EXPECT_EQ(seen[step] - seen[step - 1], 0u) << linalg::to_string(gemm) << ", step " << step;
        }
    }
}

}  // namespace
}  // namespace dropsweep::train
