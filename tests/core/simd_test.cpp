#include "dropsweep/core/simd.hpp"

#include <limits>
#include <thread>

#include <gtest/gtest.h>

namespace dropsweep::core {
namespace {

/// volatile: computed when the program runs, in the mode of the thread that asks.
float half_of_smallest_normal() {
    volatile float smallest = std::numeric_limits<float>::min();
    return smallest * 0.5f;
}
float twice(float value) {
    volatile float input = value;
    return input * 2.0f;
}

#if defined(__x86_64__) || defined(__aarch64__)
TEST(FlushDenormals, MakesDenormalsZeroInTheCallingThread) {
    float before = 0;
    float result = 1;
    float operand = 1;
    float inherited = 1;
    std::thread worker([&] {
        before = half_of_smallest_normal();
        flush_denormals_to_zero();
        result = half_of_smallest_normal();
        operand = twice(before);
        std::thread child([&] { inherited = half_of_smallest_normal(); });
        child.join();
    });
    worker.join();
    EXPECT_GT(before, 0.0f);
    EXPECT_EQ(result, 0.0f);
    EXPECT_EQ(operand, 0.0f);
    EXPECT_EQ(inherited, 0.0f);
}

TEST(FlushDenormals, LeavesOtherThreadsAlone) {
    std::thread(flush_denormals_to_zero).join();
    EXPECT_GT(half_of_smallest_normal(), 0.0f);
}
#endif

}  // namespace
}  // namespace dropsweep::core
