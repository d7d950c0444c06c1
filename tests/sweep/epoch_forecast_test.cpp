// How many epochs a trial is expected to take.
#include "dropsweep/sweep/epoch_forecast.hpp"

#include <gtest/gtest.h>

#include "sweeps.hpp"

namespace dropsweep::sweep {
namespace {

TEST(EpochForecast, WithoutEarlyStoppingItIsCertain) {
    EpochForecast certain = forecast(std::nullopt);
    EXPECT_EQ(certain.expected(0), 20);
    certain.learn(0, 7);
    EXPECT_EQ(certain.expected(0), 20);
    EXPECT_EQ(certain.left(0, 18), 2);
}

TEST(EpochForecast, BeginsWithThePrior) {
    EXPECT_DOUBLE_EQ(forecast(2).expected(0), 5.7);
    EXPECT_DOUBLE_EQ(forecast(2).expected(0.5), 8.9);
    EXPECT_DOUBLE_EQ(forecast(5).expected(0), 8.7);
    EXPECT_EQ(forecast(2, 3).expected(0.5), 3) << "more are not allowed";
}

TEST(EpochForecast, LearnsFromTrialsThatAreAlike) {
    EpochForecast learning = forecast(2);
    learning.learn(0.5, 12);
    // The prior and one trial have the same weight.
    EXPECT_DOUBLE_EQ(learning.expected(0.5), (8.9 + 12) / 2);
    EXPECT_GT(learning.expected(0.4), 7);
    EXPECT_LT(learning.expected(0.4), learning.expected(0.5));
    EXPECT_NEAR(learning.expected(0), 5.7, 1e-4);
    for (int i = 0; i < 100; ++i) learning.learn(0.5, 12);
    EXPECT_NEAR(learning.expected(0.5), 12, 0.1);
}

TEST(EpochForecast, ValuesNextToEachOtherTellTheSame) {
    EpochForecast alike = forecast(2);
    EpochForecast equal = forecast(2);
    for (const double dropout : {0.5, 0.504, 0.496}) {
        alike.learn(dropout, 12);
        equal.learn(0.5, 12);
    }
    EXPECT_EQ(alike.expected(0.5), equal.expected(0.5));
    alike.learn(0.51, 12);
    equal.learn(0.5, 12);
    EXPECT_LT(alike.expected(0.5), equal.expected(0.5));
}

TEST(EpochForecast, DrawsWithinThreeEpochs) {
    EXPECT_EQ(forecast(2).draw(0, 0), 3u) << "5.7 - 3, rounded";
    EXPECT_EQ(forecast(2).draw(0, 0.5), 6u);
    EXPECT_EQ(forecast(2).draw(0, 0.99), 9u);
    EXPECT_EQ(forecast(2, 3).draw(0, 0.99), 3u) << "more are not allowed";
    EXPECT_EQ(forecast(0, 3).draw(0, 0), 1u);
    EXPECT_EQ(forecast(std::nullopt).draw(0, 0), 20u);
}

TEST(EpochForecast, ATrialThatGoesOnHasAnEpochLeft) {
    EXPECT_DOUBLE_EQ(forecast(2).left(0, 3), 2.7);
    EXPECT_EQ(forecast(2).left(0, 5), 1);
    EXPECT_EQ(forecast(2).left(0, 15), 1);
}

}  // namespace
}  // namespace dropsweep::sweep
