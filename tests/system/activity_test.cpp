// What a thread is at, as others see it.
#include "dropsweep/system/activity.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "dropsweep/system/stopwatch.hpp"

namespace dropsweep::system {
namespace {

using Kind = Activity::Kind;

TEST(Activity, IsWhatTheThreadSays) {
    const Activity activity;
    EXPECT_EQ(activity.kind(), Kind::working);
    {
        const Activity::Scope waiting(Kind::waiting);
        EXPECT_EQ(activity.kind(), Kind::waiting);
        {
            const Activity::Scope reading(Kind::in_system);
            EXPECT_EQ(activity.kind(), Kind::in_system);
        }
        EXPECT_EQ(activity.kind(), Kind::waiting);
    }
    EXPECT_EQ(activity.kind(), Kind::working);
    EXPECT_EQ(activity.changes(), 4u);
}

TEST(Activity, IsThatOfItsThreadAlone) {
    const Activity activity;
    std::thread([] { const Activity::Scope waiting(Kind::waiting); }).join();
    EXPECT_EQ(activity.changes(), 0u);
}

TEST(Activity, CountsCpuTime) {
    const Activity activity;
    const double before = activity.cpu_seconds();
    const Stopwatch stopwatch;
    while (stopwatch.seconds() < 0.05) continue;
    double seen = 0;
    std::thread([&] { seen = activity.cpu_seconds() - before; }).join();
    EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace dropsweep::system
