// Which instruction set is chosen.
#include "dropsweep/linalg/simd.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/each_kernel.hpp"
#include "../support/error_of.hpp"

namespace dropsweep::linalg {
namespace {

using testing_support::SimdVariable;

void expect_refused(const char* name) {
    const SimdVariable variable;
    variable.set(name);
    EXPECT_THAT(error_of(ExitCode::usage, [&] { choose_simd(); }),
                testing::StartsWith(std::string("DROPSWEEP_SIMD=") + name + ": "))
        << name;
}

TEST(Simd, IsTheOneThatTheVariableNames) {
    std::vector<std::string> names;
    testing_support::with_each_simd([&] { names.push_back(simd_name()); });
    EXPECT_THAT(names, testing::Contains("portable"));
    EXPECT_THAT(std::vector<std::string>(names.begin(), names.end() - 1),
                testing::Each(testing::AnyOf("avx512", "avx2", "neon")));
}

TEST(Simd, IsTheBestOneWithoutTheVariable) {
    std::vector<std::string> names;
    testing_support::with_each_simd([&] { names.push_back(simd_name()); });
    const SimdVariable variable;
    variable.set("");
    choose_simd();
    EXPECT_EQ(simd_name(), names.front());
}

TEST(Simd, ChoosesAnewEachTime) {
    const SimdVariable variable;
    variable.set("");
    choose_simd();
    const std::string best = simd_name();
    variable.set("portable");
    choose_simd();
    EXPECT_EQ(simd_name(), "portable");
    variable.set("");
    choose_simd();
    EXPECT_EQ(simd_name(), best);
}

TEST(Simd, OthersAreRefused) {
    expect_refused("sse9");
    expect_refused("AVX2");
#if defined(__x86_64__)
    expect_refused("neon");
#elif defined(__aarch64__)
    expect_refused("avx2");
#endif
}

/// What was refused is not in force, and not nothing either.
TEST(Simd, RefusalLeavesAllOthers) {
    expect_refused("sse9");
    EXPECT_NE(simd_name(), "other");
}

}  // namespace
}  // namespace dropsweep::linalg
