// Which rank the watchdog names, from the heartbeats of four ranks that are made up.
#include "comm/failure_detector.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::comm {
namespace {

using Kind = system::Activity::Kind;
using testing::MatchesRegex;

constexpr double kStall = 10;

/// Of four ranks, which are all there: what they tell is made up.
class FailureDetectorTest : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.size() != 4) GTEST_SKIP() << "what it hears is of four ranks";
    }

    /// What is said when so many seconds have passed with these signs; empty: nothing.
    std::string after(double seconds) {
        constexpr double kLook = 0.5;
        for (double passed = 0; passed < seconds; passed += kLook) {
            for (int rank = 0; rank < 4; ++rank) {
                if (is_silent_[rank]) continue;
                if (works_[rank]) ++signs_[rank].progress;
                detector_.on_heartbeat(rank, signs_[rank]);
            }
            try {
                detector_.check(kLook, kStall, nullptr);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ExitCode::failure);
                return error.what();
            }
        }
        return "";
    }
    void put(int rank, std::size_t group, Kind kind) {
        signs_[rank].position = {
            .group = group, .place = Text<128>("in p0.5-s1"), .has_step = true, .epoch = 1, .step = 2};
        signs_[rank].kind = kind;
    }
    void all_wait() {
        for (int rank = 0; rank < 4; ++rank) put(rank, 0, Kind::waiting);
    }

    comm::Communicator world_ = Communicator::world();
    ProcessTable processes_{world_};
    FailureDetector detector_{processes_, 4};
    Heartbeat signs_[4];
    bool works_[4] = {};
    bool is_silent_[4] = {};
};

TEST_F(FailureDetectorTest, WhoWaitsForWorkThatGoesOnIsNoFailure) {
    all_wait();
    put(2, 0, Kind::working);
    works_[2] = true;
    EXPECT_EQ(after(20 * kStall), "");
}

TEST_F(FailureDetectorTest, NamesWhoDoesNotGoOnAndNotThoseWhoWait) {
    all_wait();
    put(2, 0, Kind::working);
    EXPECT_THAT(after(2 * kStall), MatchesRegex("rank 2 on .* does not go on for 10 s, in p0.5-s1, epoch 1, step 2; "
                                                ".*, with a longer --stall-timeout if nothing is wrong"));
}

TEST_F(FailureDetectorTest, RanksThatWaitForEachOtherAreOne) {
    all_wait();
    EXPECT_THAT(after(2 * kStall), MatchesRegex("rank 0 on .* does not go on .*"));
}

TEST_F(FailureDetectorTest, AnotherTrialThatGoesOnIsNoProgress) {
    all_wait();
    put(0, 1, Kind::working);
    works_[0] = true;
    put(3, 0, Kind::working);
    EXPECT_THAT(after(2 * kStall), MatchesRegex("rank 3 on .* does not go on .*"));
}

TEST_F(FailureDetectorTest, WhoIsSilentIsOneWhateverOthersDo) {
    all_wait();
    works_[0] = true;
    is_silent_[1] = true;
    EXPECT_THAT(after(2 * kStall), MatchesRegex("rank 1 on .* gives no sign of life for 10 s, .*"));
}

TEST_F(FailureDetectorTest, WhatTheSystemHasInHandMayTakeTenTimesAsLong) {
    all_wait();
    put(1, 0, Kind::in_system);
    EXPECT_EQ(after(9 * kStall), "");
    EXPECT_THAT(after(2 * kStall), MatchesRegex("rank 1 on .* does not go on for 100 s, .*"));
}

TEST_F(FailureDetectorTest, NobodyWaitsForWhoIsAlone) {
    all_wait();
    for (int rank = 0; rank < 4; ++rank) put(rank, Position::kAlone, Kind::waiting);
    EXPECT_EQ(after(20 * kStall), "");
}

TEST_F(FailureDetectorTest, WhoHasLeftIsNotMissed) {
    all_wait();
    works_[0] = true;
    is_silent_[3] = true;
    detector_.stop_watching(3);
    EXPECT_EQ(after(20 * kStall), "");
}

TEST_F(FailureDetectorTest, KnowsAStopSignalOfAnyRank) {
    EXPECT_EQ(detector_.stop_signal(), 0);
    signs_[2].stop_signal = 15;
    after(1);
    EXPECT_EQ(detector_.stop_signal(), 15);
}

}  // namespace
}  // namespace dropsweep::comm
