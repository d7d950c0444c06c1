#include "dropsweep/comm/watch.hpp"

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

TEST(Watch, NothingOfItIsLeftForWhoComesNext) {
    const Communicator world = Communicator::world();
    for (int i = 0; i < 20; ++i) {
        const Watch watch(world, 60, die);
        if (i % 4 == world.rank()) std::this_thread::sleep_for(3ms * i);
    }
}

TEST(Watch, EndsWhenAllAreThere) {
    const Communicator world = Communicator::world();
    double seconds = 0;
    {
        const system::Stopwatch stopwatch;
        {
            const Watch watch(world, 60, die);
            if (world.rank() == world.size() - 1) std::this_thread::sleep_for(300ms);
        }
        seconds = stopwatch.seconds();
    }
    EXPECT_GE(seconds, 0.3);
}

TEST(Watch, WhoWaitsForWorkThatGoesOnIsNoStall) {
    const Communicator world = Communicator::world();
    const Watch watch(world, 1, die);
    if (world.rank() == 0) {
        const system::Stopwatch stopwatch;
        while (stopwatch.seconds() < 1.6) continue;
    }
    world.barrier();
}

TEST(Watch, WhatTheSystemHasInHandMayTakeLonger) {
    const Communicator world = Communicator::world();
    const Watch watch(world, 1, die);
    if (world.rank() == world.size() - 1) {
        const system::Activity::As writing(system::Activity::Kind::in_system);
        std::this_thread::sleep_for(1600ms);
    }
    world.barrier();
}

TEST(Watch, AsksOnRankZeroAndKnowsThePlace) {
    const Communicator world = Communicator::world();
    std::atomic<int> asked = 0;
    Watch watch(world, 60, die);
    watch.set_verdict([&](int signal) {
        EXPECT_EQ(signal, 0);
        ++asked;
        return std::nullopt;
    });
    watch.move_to({.together = 3, .place = Text<128>("in p0.5-s1"), .has_step = true, .epoch = 2, .step = 7});
    EXPECT_THAT(watch.own_place(), testing::MatchesRegex(fmt::format("rank {} on .* \\(process [0-9]+\\), in p0.5-s1, "
                                                                     "epoch 2, step 7",
                                                                     world.rank())));
    std::this_thread::sleep_for(300ms);
    world.barrier();
    watch.set_verdict(nullptr);
    EXPECT_EQ(asked > 0, world.rank() == 0);
}

}  // namespace
}  // namespace dropsweep::comm
