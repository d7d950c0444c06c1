// Summaries, tests and intervals beside the numbers of SciPy and statsmodels.
#include "dropsweep/stats/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace dropsweep::stats {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

/// generate_statistics.py's numbers, by SciPy and statsmodels.
const nlohmann::json kGolden = nlohmann::json::parse(std::ifstream(DROPSWEEP_TEST_DATA "/statistics.json"));

double largest(const std::vector<double>& values) {
    double size = 0;
    for (const double value : values) size = std::max(size, std::abs(value));
    return size;
}

/// A mean is off by the rounding of the sum, at most (n + 1) roundings of the largest number, here and there; sd and
/// interval follow it by at most so much times the factors sqrt(n / (n - 1)) <= 1.5 and 1 + t / sqrt(n) <= 11.
double bound(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    return 2 * 1.5 * 11 * (n + 1) * std::numeric_limits<double>::epsilon() / 2 * largest(values);
}

void expect_summary(const Summary& summary, const nlohmann::json& expected, double tolerance) {
    EXPECT_EQ(summary.count, expected[0]);
    EXPECT_NEAR(summary.mean, expected[1], tolerance);
    EXPECT_NEAR(summary.sd, expected[2], tolerance);
    EXPECT_NEAR(summary.low, expected[3], tolerance);
    EXPECT_NEAR(summary.high, expected[4], tolerance);
}

TEST(Summarize, IsWhatSciPySays) {
    for (const auto& [name, sample] : kGolden["summaries"].items()) {
        SCOPED_TRACE(name);
        const std::vector<double> values = sample["values"];
        expect_summary(summarize(values), sample["expected"], bound(values));
    }
}

TEST(Summarize, WithoutValuesThereIsNothingToSay) {
    const Summary summary = summarize({});
    EXPECT_EQ(summary.count, 0U);
    for (const double number : {summary.mean, summary.sd, summary.low, summary.high}) EXPECT_TRUE(std::isnan(number));
}

TEST(Summarize, OneValueHasNoSpread) {
    const Summary summary = summarize(std::vector{0.975});
    EXPECT_EQ(summary.count, 1U);
    EXPECT_EQ(summary.mean, 0.975);
    for (const double number : {summary.sd, summary.low, summary.high}) EXPECT_TRUE(std::isnan(number));
}

TEST(Summarize, EqualValuesAreTheirMean) {
    // In binary ten times 0.1 is not 1, nor seven times 0.9807 a seventh of its sum.
    for (const auto& values : {std::vector(10, 0.1), std::vector(7, 0.9807)}) {
        const Summary summary = summarize(values);
        EXPECT_EQ(summary.mean, values[0]);
        EXPECT_EQ(summary.sd, 0);
        EXPECT_EQ(summary.low, values[0]);
        EXPECT_EQ(summary.high, values[0]);
    }
}

TEST(Summarize, WhatIsNotANumberSpreads) {
    for (const auto& values : {std::vector{kNan, 1.0, 2.0}, std::vector{1.0, 2.0, kNan}}) {
        const Summary summary = summarize(values);
        EXPECT_EQ(summary.count, 3U);
        for (const double number : {summary.mean, summary.sd, summary.low, summary.high}) {
            EXPECT_TRUE(std::isnan(number));
        }
    }
}

TEST(TestAnytime, IsWhatTheFormulaAndASearchForTheEndsSay) {
    for (const auto& each : kGolden["anytime"]) {
        const auto differences = each["differences"].get<std::vector<double>>();
        const std::vector<AnytimeTest> looks = test_anytime(differences, 0.05);
        ASSERT_EQ(looks.size(), differences.size());
        const AnytimeTest& test = looks.back();
        const auto& expected = each["expected"];
        EXPECT_NEAR(test.evidence, expected[0], 1e-9 * test.evidence);
        EXPECT_NEAR(test.p_value, expected[1], 1e-12);
        const std::pair<double, double> ends[] = {{test.low, 2}, {test.high, 3}};
        for (const auto& [end, place] : ends) {
            const auto& wanted = expected[static_cast<std::size_t>(place)];
            if (wanted.is_null()) {
                EXPECT_TRUE(std::isinf(end));
            } else {
                EXPECT_NEAR(end, wanted, 1e-9);
            }
        }
    }
}

TEST(TestAnytime, ALookIsWhatTheTestOfThePairsBeforeItSays) {
    const auto differences = kGolden["anytime"][0]["differences"].get<std::vector<double>>();
    const std::vector<AnytimeTest> looks = test_anytime(differences, 0.05);
    for (const std::size_t n : {1U, 2U, 17U}) {
        const AnytimeTest alone = test_anytime(std::span(differences).first(n), 0.05).back();
        EXPECT_EQ(looks[n - 1].evidence, alone.evidence);
        EXPECT_EQ(looks[n - 1].high, alone.high);
        EXPECT_NEAR(looks[n - 1].mean, summarize(std::span(differences).first(n)).mean, 1e-15);
    }
}

TEST(TestAnytime, EqualDifferencesSayNothing) {
    // In binary 0.95 - 0.90 is not 0.85 - 0.80.
    for (const auto& same : {std::vector(30, 0.0), std::vector(30, 0.5), std::vector{0.95 - 0.90, 0.85 - 0.80, 0.05}}) {
        const AnytimeTest test = test_anytime(same, 0.05).back();
        EXPECT_EQ(test.p_value, 1);
        EXPECT_TRUE(std::isinf(test.low) && std::isinf(test.high));
    }
    EXPECT_TRUE(test_anytime({}, 0.05).empty());
    std::vector<double> differences(5, 0.0);
    for (int i = 0; i < 10; ++i) differences.push_back(i % 2 == 0 ? 2.0 : 2.4);
    const AnytimeTest test = test_anytime(differences, 0.05).back();
    EXPECT_LT(test.low, test.mean);
    EXPECT_GT(test.high, test.mean);
}

TEST(TestAnytime, WhereEverythingIsRejectedTheLastLookCounts) {
    // Ten of one kind, then ten of another: no mean is in all intervals.
    std::vector<double> differences;
    for (int i = 0; i < 40; ++i) differences.push_back((i < 20 ? 0 : 3) + 0.01 * (i % 2));
    const AnytimeTest test = test_anytime(differences, 0.05).back();
    EXPECT_LT(test.low, test.mean);
    EXPECT_GT(test.high, test.mean);
    EXPECT_GT(test.high - test.low, 0.1);
}

TEST(FewestPairs, FromThemOnThereIsAnInterval) {
    for (const double error : {0.5, 0.05, 0.05 / 36, 1e-9}) {
        std::vector<double> differences;
        while (differences.size() < fewest_pairs(error)) {
            if (!differences.empty()) {
                EXPECT_TRUE(std::isinf(test_anytime(differences, error).back().high));
            }
            differences.push_back(differences.size() % 2 == 0 ? 1 : 2);
        }
        EXPECT_TRUE(std::isfinite(test_anytime(differences, error).back().high)) << error;
    }
}

TEST(PairsToDetect, IsWhatSciPySays) {
    for (const auto& entry : kGolden["power"]) {
        const double effect = entry["effect"];
        EXPECT_EQ(pairs_to_detect(effect, 1, entry["error"]), entry["expected"]) << entry;
        EXPECT_EQ(pairs_to_detect(0.001, 0.001 / effect, entry["error"]), entry["expected"]) << entry;
    }
}

TEST(PairsToDetect, AtTheEnds) {
    EXPECT_EQ(pairs_to_detect(0.001, 0, 0.05), fewest_pairs(0.05));
    EXPECT_EQ(pairs_to_detect(1, 1e-300, 0.05), fewest_pairs(0.05));
    // For many pairs t is normal, and the test rejects from t^2 = ln((1 + n) / error^2) on.
    for (const double effect : {1e-3, 1e-6}) {
        const auto n = static_cast<double>(pairs_to_detect(effect, 1, 0.05));
        EXPECT_NEAR(effect * std::sqrt(n), std::sqrt(std::log((1 + n) / 0.0025)) + 0.841621, 1e-4);
    }
    EXPECT_EQ(pairs_to_detect(1e-300, 1, 0.05), pairs_to_detect(1e-6, 1, 0.05));
}

TEST(OverRowsAndColumns, IsWhatStatsmodelsSays) {
    for (const auto& [name, entry] : kGolden["layouts"].items()) {
        SCOPED_TRACE(name);
        std::vector<std::int8_t> table;
        for (const auto& row : entry["table"]) {
            for (const int cell : row) table.push_back(static_cast<std::int8_t>(cell));
        }
        const Interval interval = over_rows_and_columns(table, entry["table"].size(),
                                                        {entry["over_rows"][0], entry["over_rows"][1]}, entry["error"]);
        EXPECT_NEAR(interval.low, entry["expected"][0], 1e-10 * std::abs(interval.low));
        EXPECT_NEAR(interval.high, entry["expected"][1], 1e-10 * std::abs(interval.high));
    }
}

TEST(OverRowsAndColumns, WhatIsInfiniteStaysSo) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const Interval interval =
        over_rows_and_columns(std::vector<std::int8_t>{1, 0, 0, 1}, 2, {-kInfinity, kInfinity}, 0.05);
    EXPECT_EQ(interval.low, -kInfinity);
    EXPECT_EQ(interval.high, kInfinity);
    // Where the mean lies outside it is moved to it.
    EXPECT_GE(over_rows_and_columns(std::vector<std::int8_t>{1, 0, 0, 1}, 2, {-1, 0.4}, 0.05).high, 0.5);
}

}  // namespace
}  // namespace dropsweep::stats
