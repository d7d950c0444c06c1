#include "dropsweep/comm/agreement.hpp"

#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::comm {
namespace {

/// What this rank gets when rank 0 does `work`.
template <class Work>
std::optional<AgreedError> outcome(const Communicator& world, Work&& work) {
    try {
        run_on_rank_zero(world, work);
    } catch (const AgreedError& error) {
        return error;
    }
    return std::nullopt;
}

TEST(Agreement, WorkIsDoneOnRankZeroAlone) {
    const Communicator world = Communicator::world();
    bool done = false;
    EXPECT_FALSE(outcome(world, [&] { done = true; }).has_value());
    EXPECT_EQ(done, world.rank() == 0);
}

TEST(Agreement, AllRanksThrowAndRankZeroSpeaks) {
    const Communicator world = Communicator::world();
    const auto error = outcome(world, [] { throw Error(ExitCode::bad_data, "bad file; get a good one"); });
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), ExitCode::bad_data);
    EXPECT_EQ(error->reports(), world.rank() == 0);
    if (world.rank() == 0) {
        EXPECT_STREQ(error->what(), "bad file; get a good one");
    }
}

TEST(Agreement, UnexpectedExceptionIsAFailureToReport) {
    const Communicator world = Communicator::world();
    const auto error = outcome(world, [] { throw std::out_of_range("index 7"); });
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code(), ExitCode::failure);
    EXPECT_EQ(error->reports(), world.rank() == 0);
    if (world.rank() == 0) {
        EXPECT_THAT(error->what(), testing::AllOf(testing::HasSubstr("index 7"), testing::HasSubstr("report it")));
    }
}

TEST(Agreement, LackOfMemoryHasARemedy) {
    const Communicator world = Communicator::world();
    const auto expect_remedy = [&](const std::function<void()>& fail, const char* remedy) {
        const auto error = outcome(world, fail);
        ASSERT_TRUE(error.has_value());
        EXPECT_EQ(error->code(), ExitCode::failure);
        if (world.rank() == 0) {
            EXPECT_THAT(error->what(), testing::HasSubstr(remedy));
        }
    };
    expect_remedy([] { throw std::bad_alloc(); }, "out of memory; use a smaller model");
    // As std::thread says it.
    expect_remedy([] { throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again)); },
                  "no further thread can be started; give it more memory");
}

TEST(Agreement, NobodyIsLeftBehindAfterAnError) {
    const Communicator world = Communicator::world();
    EXPECT_TRUE(outcome(world, [] { throw Error(ExitCode::usage, "wrong; right"); }).has_value());
    EXPECT_FALSE(outcome(world, [] {}).has_value());
    EXPECT_EQ(world.all_gather(world.rank()), world.world_ranks());
}

TEST(Agreement, TheFirstRankThatFailsSpeaksForAll) {
    const Communicator world = Communicator::world();
    const int failing = world.size() - 1;
    std::optional<AgreedError> caught;
    try {
        run_on_all_ranks(world, [&] {
            if (world.rank() == failing) throw Error(ExitCode::io_error, "no room; make some");
        });
    } catch (const AgreedError& error) {
        caught = error;
    }
    ASSERT_TRUE(caught.has_value());
    EXPECT_EQ(caught->code(), ExitCode::io_error);
    EXPECT_EQ(caught->reports(), world.rank() == failing);
    if (caught->reports()) {
        EXPECT_STREQ(caught->what(), "no room; make some");
    }
    EXPECT_NO_THROW(run_on_all_ranks(world, [] {}));
}

}  // namespace
}  // namespace dropsweep::comm
