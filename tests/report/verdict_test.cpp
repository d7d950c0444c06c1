// The numbers are SciPy's; see tests/stats/generate_statistics.py for the test that they come from.

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/report/comparison.hpp"

#include "records.hpp"

namespace dropsweep::report {
namespace {

struct Value {
    std::string dropout;
    double best_val_loss;  ///< of every seed
    std::vector<double> test_accuracies;
};

record::RunRecord sweep_of(const std::vector<Value>& values) {
    record::RunRecord record;
    for (const Value& value : values) {
        for (std::size_t i = 0; i < value.test_accuracies.size(); ++i) {
            record.trials.push_back(counted(value.dropout, i + 1, value.test_accuracies[i], value.best_val_loss));
        }
    }
    return record;
}

std::string verdict_of(const record::RunRecord& record) {
    return verdict(compare(record));
}

/// Four seeds, and the same again as many times as it takes to tell a difference.
std::vector<double> four_times(const std::vector<double>& four) {
    std::vector<double> all;
    for (int i = 0; i < 4; ++i) all.insert(all.end(), four.begin(), four.end());
    return all;
}

const Value kZero{"0", 0.3, four_times({0.9740, 0.9778, 0.9814, 0.9824})};
const Value kBelow{"0.2", 0.3, four_times({0.9762, 0.9800, 0.9806, 0.9824})};
const Value kBest{"0.4", 0.2, four_times({0.9748, 0.9806, 0.9828, 0.9799})};
const Value kAbove{"0.6", 0.3, four_times({0.9700, 0.9740, 0.9760, 0.9768})};

const std::vector<double> kHigh = four_times({0.9800, 0.9810, 0.9806, 0.9788});
const std::vector<double> kMiddle = four_times({0.9700, 0.9712, 0.9708, 0.9691});
const std::vector<double> kLow = four_times({0.9500, 0.9508, 0.9508, 0.9492});

TEST(Verdict, ANeighbourIsToldTheOtherAndZeroAreNot) {
    EXPECT_EQ(verdict_of(sweep_of({kZero, kBelow, kBest, kAbove})),
              "Best is p = 0.4, by the lowest mean best_val_loss over 16 seeds; its test accuracy of 97.95 % is 0.06 "
              "points higher than that of p = 0 (95 % interval -0.14 to +0.29), which may be chance (p-value 1.00, "
              "corrected for 6 comparisons). The data cannot tell it from its neighbour p = 0.2 (0.03 points higher), "
              "nor from p = 0, but can from its neighbour p = 0.6 (0.53 points lower); telling a difference of 0.1 "
              "points would take about 52 more seeds.");
}

TEST(Verdict, WhatIsPredictedTellsOfOtherImages) {
    record::RunRecord record = sweep_of({kZero, kBest});
    record.manifests.push_back({{"data", {{"test_samples", 10000U}}}});
    record::TestPredictions predictions{std::vector<std::uint8_t>(10000, 1), {}};
    for (const record::TrialRecord& trial : record.trials) {
        std::vector<std::uint8_t>& predicted = predictions.trials[trial.trial.id()];
        predicted = predictions.labels;
        // Always the same ones, but for those that a setting gets wrong in the first half and the other in the second.
        const auto wrong = static_cast<std::size_t>(std::lround(10000 * (1 - trial.result->test.accuracy)));
        const bool is_zero = trial.trial.dropout == sweep::DropoutSetting();
        for (std::size_t i = 0; i < wrong; ++i) predicted[is_zero ? i : 9999 - i] = 0;
    }
    const std::string text = verdict(compare(record, predictions));
    EXPECT_NE(text.find("is 0.06 points higher than that of p = 0 (95 % interval -0.09 to +0.24 on these 10000 test "
                        "images, -0.35 to +0.48 on others like them), which may be chance"),
              std::string::npos)
        << text;
    predictions.trials.erase(record.trials.front().trial.id());
    EXPECT_EQ(verdict(compare(record, predictions)), verdict(compare(record)));
}

TEST(Verdict, EverythingIsTold) {
    EXPECT_EQ(verdict_of(sweep_of({{"0", 0.3, kMiddle}, {"0.5", 0.2, kHigh}, {"0.8", 0.4, kLow}})),
              "Best is p = 0.5, by the lowest mean best_val_loss over 16 seeds; its test accuracy of 98.01 % is 0.98 "
              "points higher than that of p = 0 (95 % interval +0.97 to +0.99), which is more than chance (p-value "
              "below 0.001, corrected for 3 comparisons). The data can tell it from its neighbours p = 0 (0.98 points "
              "lower) and p = 0.8 (2.99 points lower); 16 seeds are about enough to tell a difference of 0.1 points.");
}

/// The settings of a sweep of dropout and batch-size; the best ones of the first are those of kBest.
record::RunRecord sweep_of_pairs() {
    record::RunRecord record;
    const auto add = [&record](const Value& value, const char* batch_size, double best_val_loss) {
        record::RunRecord own = sweep_of({{value.dropout, best_val_loss, value.test_accuracies}});
        for (record::TrialRecord& trial : own.trials) {
            trial.trial.choices = {{"batch-size", batch_size}};
            record.trials.push_back(trial);
        }
    };
    add(kZero, "64", 0.3);
    add(kBest, "64", 0.2);
    add({"0", 0, kMiddle}, "128", 0.3);
    add({"0.4", 0, kLow}, "128", 0.4);
    return record;
}

TEST(Verdict, SettingsAreNamedByWhatTheyDifferIn) {
    EXPECT_EQ(verdict_of(sweep_of_pairs()),
              "Best is p = 0.4, batch-size = 64, by the lowest mean best_val_loss over 16 seeds; its test accuracy is "
              "97.95 % (95 % interval 97.79 to 98.11 %). The data cannot tell it from its neighbour p = 0 (0.06 points "
              "lower), but can from its neighbour batch-size = 128 (2.93 points lower) and p = 0, batch-size = 128; "
              "telling a difference of 0.1 points would take about 130 more seeds.");
}

TEST(Verdict, OneRunForEachSettingTellsLittle) {
    record::RunRecord record = sweep_of_pairs();
    std::erase_if(record.trials, [](const record::TrialRecord& trial) { return trial.trial.seed > 1; });
    EXPECT_TRUE(verdict_of(record).starts_with(
        "One run per setting cannot tell which setting is best: p = 0.4, batch-size = 64 has the lowest best_val_loss"))
        << verdict_of(record);
}

TEST(Verdict, SettingsOfARandomSearchHaveNoNeighbours) {
    record::RunRecord record = sweep_of_pairs();
    std::erase_if(record.trials, [](const record::TrialRecord& trial) {
        return (trial.trial.dropout == sweep::DropoutSetting()) == (trial.trial.choices[0].value == "64");
    });
    EXPECT_EQ(verdict_of(record),
              "Best is p = 0.4, batch-size = 64, by the lowest mean best_val_loss over 16 seeds; its test accuracy is "
              "97.95 % (95 % interval 97.79 to 98.11 %). The data can tell it from p = 0, batch-size = 128.");
}

TEST(Verdict, TheChosenValueCanBeWorseOnTheTestSet) {
    EXPECT_EQ(verdict_of(sweep_of({{"0", 0.3, kHigh}, {"0.5", 0.2, kMiddle}})),
              "Best is p = 0.5, by the lowest mean best_val_loss over 16 seeds; its test accuracy of 97.03 % is 0.98 "
              "points lower than that of p = 0 (95 % interval -0.99 to -0.97), which is more than chance (p-value "
              "below 0.001). The data can tell it from its neighbour p = 0 (0.98 points higher); 16 seeds are about "
              "enough to tell a difference of 0.1 points.");
}

TEST(Verdict, NoDropoutIsBest) {
    EXPECT_EQ(verdict_of(sweep_of(
                  {{"0", 0.2, kHigh}, {"0.5", 0.3, four_times({0.9800, 0.9812, 0.9803, 0.9788})}, {"0.8", 0.4, kLow}})),
              "Best is p = 0, no dropout, by the lowest mean best_val_loss over 16 seeds; its test accuracy is 98.01 % "
              "(95 % interval 97.96 to 98.06 %). The data cannot tell it from its neighbour p = 0.5 (within 0.01 "
              "points), but can from p = 0.8; 16 seeds are about enough to tell a difference of 0.1 points.");
}

TEST(Verdict, WithoutZeroAndWithRanges) {
    EXPECT_EQ(verdict_of(sweep_of({{"0.1", 0.3, {0.9740, 0.9778, 0.9814}},
                                   {"0.2", 0.2, {0.9760, 0.9800, 0.9806}},
                                   {"0.3", 0.3, {0.9748, 0.9806, 0.9828}},
                                   {"0.4", 0.3, {0.9700, 0.9740, 0.9760}},
                                   {"0.5", 0.3, {0.97, 0.98, 0.96}},
                                   {"0.6", 0.3, {0.96, 0.97, 0.96}}})),
              "Best is p = 0.2, by the lowest mean best_val_loss over 3 seeds; its test accuracy is 97.89 % (95 % "
              "interval 97.27 to 98.51 %). 3 seeds cannot tell it from its neighbours p = 0.1 (0.11 points lower) and "
              "p = 0.3 (0.05 points higher), nor from p = 0.4 to 0.6, however far off: comparing 6 values takes at "
              "least 7 seeds; telling a difference of 0.1 points would take about 71 more seeds.");
}

TEST(Verdict, RunsOfValuesAreRanges) {
    const std::vector<double> ups_and_downs{0.98, 0.97, 0.96};
    std::vector<Value> values;
    for (const char* dropout : {"0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"}) {
        values.push_back({dropout, 0.3, ups_and_downs});
    }
    values[4] = {"0.4", 0.2, {0.96, 0.97, 0.98}};
    EXPECT_NE(verdict_of(sweep_of(values)).find("nor from p = 0 to 0.2, 0.6 and 0.7, however far off"),
              std::string::npos)
        << verdict_of(sweep_of(values));
}

TEST(Verdict, SeedsThatAreMissing) {
    record::RunRecord record = sweep_of({{"0", 0.3, {0.9740, 0.9778, 0.9814}}, kBelow, {"0.4", 0.1, {0.9748}}});
    for (const std::uint64_t seed : {2U, 3U, 4U}) record.trials.push_back(lost("0.4", seed, train::Status::diverged));
    record.trials.push_back(lost("0", 4, train::Status::failed));
    EXPECT_EQ(
        verdict_of(record),
        "Without 4 trials that diverged or failed: best is p = 0.2, by the lowest mean best_val_loss among the values "
        "with 16 seeds; its test accuracy of 97.98 % is, over the 3 seeds that both have, 0.12 points higher than that "
        "of p = 0, which may be chance. 3 seeds cannot tell it from its neighbour p = 0 (0.12 points lower), however "
        "far off: comparing 3 values takes at least 6 seeds; the value p = 0.4 shares fewer than two seeds with it, "
        "too few to compare; telling a difference of 0.1 points would take about 47 more seeds.");
}

TEST(Verdict, ASweepThatHasNotEnded) {
    record::RunRecord record = sweep_of({{"0.2", 0.3, {0.9760, 0.9800, 0.9806}}, kBest, kAbove});
    record.trials.push_back(not_ended("0.2", 4));
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) record.trials.push_back(not_ended("0", seed));
    const std::string rest =
        "best is p = 0.4, by the lowest mean best_val_loss among the values with 16 seeds; its test accuracy is 97.95 "
        "% (95 % interval 97.79 to 98.11 %). The data cannot tell it from its neighbour p = 0.2 (0.05 points lower), "
        "but can from its neighbour p = 0.6 (0.53 points lower); the value p = 0 shares fewer than two seeds with it, "
        "too few to compare; telling a difference of 0.1 points would take about 46 more seeds.";
    EXPECT_EQ(verdict_of(record), "So far, with 35 trials done: " + rest);
    record.trials.push_back(lost("0.2", 5, train::Status::diverged));
    EXPECT_EQ(verdict_of(record), "So far, with 35 trials done, without 1 that diverged or failed: " + rest);
}

TEST(Verdict, OneSeedCannotTell) {
    const std::string start =
        "One run per value cannot tell which dropout rate is best: p = 0.5 has the lowest best_val_loss and a test "
        "accuracy of 97.50 %";
    const std::string end =
        ", but how much of that is chance, and how many more seeds it would take to tell 0.1 points, shows only with "
        "two seeds or more.";
    EXPECT_EQ(verdict_of(sweep_of({{"0", 0.3, {0.9725}}, {"0.5", 0.2, {0.9750}}})),
              start + ", 0.25 points higher than that of p = 0" + end);
    EXPECT_EQ(verdict_of(sweep_of({{"0.25", 0.3, {0.9725}}, {"0.5", 0.2, {0.9750}}})), start + end);
    const record::RunRecord strangers = record_of({counted("0", 1, 0.9725, 0.3), counted("0.5", 2, 0.9750, 0.2)});
    EXPECT_EQ(verdict_of(strangers), start + end);
}

TEST(Verdict, OneValueHasNothingToBeComparedWith) {
    EXPECT_EQ(verdict_of(sweep_of({kBest})),
              "Only p = 0.4 was tried, so there is nothing to compare it with: its test accuracy over 16 seeds is "
              "97.95 % (95 % interval 97.79 to 98.11 %).");
    record::RunRecord record = sweep_of({kBest});
    record.trials.push_back(lost("0.9", 1, train::Status::failed));
    EXPECT_EQ(verdict_of(record),
              "Without 1 trial that diverged or failed: only p = 0.4 has trials that count, so there is nothing to "
              "compare it with: its test accuracy over 16 seeds is 97.95 % (95 % interval 97.79 to 98.11 %).");
    EXPECT_EQ(verdict_of(sweep_of({{"0.4", 0.2, {0.9748}}})),
              "One run cannot tell how good a dropout rate is: p = 0.4 with seed 1 has a test accuracy of 97.48 %, and "
              "there is no other value to compare it with.");
}

TEST(Verdict, NothingToJudgeBy) {
    EXPECT_EQ(verdict_of(record_of({})), "There is no trial to judge by.");
    EXPECT_EQ(verdict_of(record_of({lost("0", 1, train::Status::diverged)})),
              "No dropout rate can be chosen: the only trial diverged or failed.");
    const record::TrialRecord failed = lost("0", 1, train::Status::failed);
    EXPECT_EQ(verdict_of(record_of({failed, lost("0.5", 1, train::Status::diverged)})),
              "No dropout rate can be chosen: all 2 trials diverged or failed.");
    EXPECT_EQ(verdict_of(record_of({failed, not_ended("0.5", 1)})),
              "No trial has ended with a model yet, so there is nothing to judge by.");
}

TEST(Verdict, AValueAtTheStartOfASentenceKeepsItsName) {
    EXPECT_EQ(verdict_of(record_of({counted("0.1", 1, 0.97, 0.2), counted("0.1", 2, 0.98, 0.2),
                                    counted("0.5", 1, 0.96, 0.3), counted("0.9", 2, 0.95, 0.3)})),
              "Best is p = 0.1, by the lowest mean best_val_loss among the values with 2 seeds; its test accuracy is "
              "97.50 % (95 % interval 91.15 to 100.00 %). The values p = 0.5 and 0.9 share fewer than two seeds with "
              "it, too few to compare.");
}

// 0.95 - 0.90 and 0.85 - 0.80 are the same share of images, but not the same doubles.
TEST(Verdict, WithoutSpreadNothingIsSaidAboutChance) {
    EXPECT_EQ(verdict_of(sweep_of({{"0", 0.3, {0.90, 0.80}}, {"0.5", 0.2, {0.95, 0.85}}})),
              "Best is p = 0.5, by the lowest mean best_val_loss over 2 seeds; its test accuracy of 90.00 % is 5.00 "
              "points higher than that of p = 0, the same with every seed, so nothing can be said about chance. The "
              "difference from its neighbour p = 0 (5.00 points lower) is the same with every seed, so the data cannot "
              "tell how much of it is chance; without any spread between seeds, how many would tell a difference of "
              "0.1 points cannot be estimated.");
    EXPECT_EQ(verdict_of(sweep_of({{"0.1", 0.2, {0.90, 0.90}},
                                   {"0.4", 0.3, {0.90, 0.90}},
                                   {"0.5", 0.3, {0.8, 0.9}},
                                   {"0.6", 0.3, {0.80, 0.80}}})),
              "Best is p = 0.1, by the lowest mean best_val_loss over 2 seeds; its test accuracy is 90.00 % with every "
              "seed. 2 seeds cannot tell it from p = 0.5, however far off: comparing 4 values takes at least 6 seeds; "
              "the differences from its neighbour p = 0.4 (within 0.01 points) and from p = 0.6 are the same with "
              "every seed, so the data cannot tell how much of them is chance; without any spread between seeds, how "
              "many would tell a difference of 0.1 points cannot be estimated.");
}

TEST(Verdict, AFewTestImagesTellNoSmallDifference) {
    record::RunRecord record = sweep_of({{"0", 0.3, {0.9, 0.7}}, {"0.5", 0.2, {0.9, 0.8}}});
    record.manifests.push_back({{"data", {{"test_samples", 10U}}}});
    EXPECT_NE(verdict_of(record).find("; a difference of 0.1 points is less than one of the 10 test images, so how "
                                      "many seeds would tell it cannot be estimated."),
              std::string::npos)
        << verdict_of(record);
    record.manifests.front()["data"]["test_samples"] = 1000U;
    EXPECT_NE(verdict_of(record).find("; telling a difference of 0.1 points would take about"), std::string::npos)
        << verdict_of(record);
}

TEST(Verdict, IntervalsStayWhereAccuraciesAre) {
    EXPECT_EQ(verdict_of(sweep_of({{"0.4", 0.2, {0, 1}}})),
              "Only p = 0.4 was tried, so there is nothing to compare it with: its test accuracy over 2 seeds is 50.00 "
              "% (95 % interval 0.00 to 100.00 %).");
    EXPECT_NE(verdict_of(sweep_of({{"0", 0.3, {0, 1, 0, 1, 0}}, {"0.4", 0.2, {0, 0, 0, 0, 1}}}))
                  .find("(95 % interval -100.00 to "),
              std::string::npos);
}

TEST(Verdict, ManySeedsAreRounded) {
    // Differences of +-5 and +-1 points: sd sqrt(52 / 3) = 4.163, 41973 pairs; 41969 is said as 42000.
    const std::string text = verdict_of(sweep_of({{"0", 0.3, {0.90, 0.90, 0.90, 0.90}},  //
                                                  {"0.5", 0.2, {0.95, 0.85, 0.91, 0.89}}}));
    EXPECT_NE(text.find("would take about 42000 more seeds."), std::string::npos) << text;
}

}  // namespace
}  // namespace dropsweep::report
