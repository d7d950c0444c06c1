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

TEST(Watchdog, NothingOfItIsLeftForWhoComesNext) {
    const Communicator world = Communicator::world();
    for (int i = 0; i < 20; ++i) {
        const Watchdog watchdog(world, 60, die);
        if (i % 4 == world.rank()) std::this_thread::sleep_for(3ms * i);
    }
}

TEST(Watchdog, EndsWhenAllAreThere) {
    const Communicator world = Communicator::world();
    double seconds = 0;
    {
        const system::Stopwatch stopwatch;
        {
            const Watchdog watchdog(world, 60, die);
            if (world.rank() == world.size() - 1) std::this_thread::sleep_for(300ms);
        }
        seconds = stopwatch.seconds();
    }
    EXPECT_GE(seconds, 0.3);
}

TEST(Watchdog, WhoWaitsForWorkThatGoesOnIsNoStall) {
    const Communicator world = Communicator::world();
    const Watchdog watchdog(world, 1, die);
    if (world.rank() == 0) {
        const system::Stopwatch stopwatch;
        while (stopwatch.seconds() < 1.6) continue;
    }
    world.barrier();
}

TEST(Watchdog, WhatTheSystemHasInHandMayTakeLonger) {
    const Communicator world = Communicator::world();
    const Watchdog watchdog(world, 1, die);
    if (world.rank() == world.size() - 1) {
        const system::Activity::As writing(system::Activity::Kind::in_system);
        std::this_thread::sleep_for(1600ms);
    }
    world.barrier();
}

TEST(Watchdog, AsksOnRankZeroAndKnowsThePlace) {
    const Communicator world = Communicator::world();
    std::atomic<int> asked = 0;
    Watchdog watchdog(world, 60, die);
    watchdog.set_end_condition([&](int signal) {
        EXPECT_EQ(signal, 0);
        ++asked;
        return std::nullopt;
    });
    watchdog.move_to({.together = 3, .place = Text<128>("in p0.5-s1"), .has_step = true, .epoch = 2, .step = 7});
    EXPECT_THAT(watchdog.own_place(),
                testing::MatchesRegex(fmt::format("rank {} on .* \\(process [0-9]+\\), in p0.5-s1, "
                                                  "epoch 2, step 7",
                                                  world.rank())));
    std::this_thread::sleep_for(300ms);
    world.barrier();
    watchdog.set_end_condition(nullptr);
    EXPECT_EQ(asked > 0, world.rank() == 0);
}

}  // namespace
}  // namespace dropsweep::comm
