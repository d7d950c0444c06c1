// The watchdog of ranks that are well: it waits, and leaves nothing behind.
#include "dropsweep/comm/watchdog.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::comm {
namespace {

using namespace std::chrono_literals;

void die(const Error& error) {
    fmt::print(stderr, "unexpected: {}\n", error.what());
    std::abort();
}

class WatchdogTest : public testing::Test {
  protected:
    const Communicator world_ = Communicator::world();
};

TEST_F(WatchdogTest, NothingOfItIsLeftForWhoComesNext) {
    for (int i = 0; i < 20; ++i) {
        const Watchdog watchdog(world_, 60, die);
        if (i % 4 == world_.rank()) std::this_thread::sleep_for(3ms * i);
    }
}

TEST_F(WatchdogTest, EndsWhenAllAreThere) {
    double seconds = 0;
    {
        const system::Stopwatch stopwatch;
        {
            const Watchdog watchdog(world_, 60, die);
            if (world_.rank() == world_.size() - 1) std::this_thread::sleep_for(300ms);
        }
        seconds = stopwatch.seconds();
    }
    EXPECT_GE(seconds, 0.3);
}

TEST_F(WatchdogTest, WhoWaitsForWorkThatGoesOnIsNoStall) {
    const Watchdog watchdog(world_, 1, die);
    if (world_.rank() == 0) {
        const system::Stopwatch stopwatch;
        while (stopwatch.seconds() < 1.6) continue;
    }
    world_.barrier();
}

TEST_F(WatchdogTest, WhatTheSystemHasInHandMayTakeLonger) {
    const Watchdog watchdog(world_, 1, die);
    if (world_.rank() == world_.size() - 1) {
        const system::Activity::Scope writing(system::Activity::Kind::in_system);
        std::this_thread::sleep_for(1600ms);
    }
    world_.barrier();
}

TEST_F(WatchdogTest, AsksOnRankZeroAndKnowsThePlace) {
    std::atomic<int> asked = 0;
    Watchdog watchdog(world_, 60, die);
    watchdog.set_end_condition([&](int signal) {
        EXPECT_EQ(signal, 0);
        ++asked;
        return std::nullopt;
    });
    watchdog.move_to({.group = 3, .place = Text<128>("in p0.5-s1"), .has_step = true, .epoch = 2, .step = 7});
    EXPECT_THAT(watchdog.own_place(),
                testing::MatchesRegex(fmt::format("rank {} on .* \\(process [0-9]+\\), in p0.5-s1, "
                                                  "epoch 2, step 7",
                                                  world_.rank())));
    std::this_thread::sleep_for(300ms);
    world_.barrier();
    watchdog.set_end_condition(nullptr);
    EXPECT_EQ(asked > 0, world_.rank() == 0);
}

}  // namespace
}  // namespace dropsweep::comm
