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

TEST(ComparePaired, IsWhatSciPySays) {
    for (const auto& [name, sample] : kGolden["pairs"].items()) {
        SCOPED_TRACE(name);
        const std::vector<double> a = sample["a"];
        const std::vector<double> b = sample["b"];
        const PairedDifference paired = compare_paired(a, b);
        expect_summary(paired.difference, sample["expected"], bound(a) + bound(b));
        const double p_value = sample["expected"][5];
        EXPECT_NEAR(paired.p_value, p_value, 1e-10 * p_value);
    }
}

TEST(ComparePaired, BelowTwoPairsThereIsNoTest) {
    EXPECT_EQ(compare_paired({}, {}).difference.count, 0U);
    EXPECT_TRUE(std::isnan(compare_paired({}, {}).p_value));
    const PairedDifference one = compare_paired(std::vector{0.75}, std::vector{0.5});
    EXPECT_EQ(one.difference.count, 1U);
    EXPECT_EQ(one.difference.mean, 0.25);
    EXPECT_TRUE(std::isnan(one.difference.sd));
    EXPECT_TRUE(std::isnan(one.p_value));
}

TEST(ComparePaired, EqualDifferences) {
    const std::vector<double> a{0.5, 0.75, 0.875};
    EXPECT_EQ(compare_paired(a, a).p_value, 1);
    const PairedDifference shifted = compare_paired(a, std::vector{0.25, 0.5, 0.625});
    EXPECT_EQ(shifted.difference.mean, 0.25);
    EXPECT_EQ(shifted.difference.low, 0.25);
    EXPECT_EQ(shifted.p_value, 0);
}

TEST(ComparePaired, WhatIsNotANumberSpreads) {
    EXPECT_TRUE(std::isnan(compare_paired(std::vector{1.0, kNan}, std::vector{1.0, 2.0}).p_value));
}

TEST(TestAnytime, IsWhatTheFormulaAndASearchForTheEndsSay) {
    for (const auto& each : kGolden["anytime"]) {
        const auto differences = each["differences"].get<std::vector<double>>();
        const AnytimeTest test = test_anytime(differences);
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

TEST(TestAnytime, EqualDifferencesAreNoProofByThemselves) {
    const std::vector<double> same(10, 0.5);
    // (1 + n)^((n - 1) / 2), the limit for t to infinity.
    EXPECT_NEAR(test_anytime(std::span(same).first(3)).evidence, 4, 1e-12);
    EXPECT_NEAR(test_anytime(same).evidence, std::pow(11, 4.5), 1e-6);
    EXPECT_EQ(test_anytime(std::vector<double>(5, 0.0)).p_value, 1);
    EXPECT_EQ(test_anytime({}).p_value, 1);
    EXPECT_EQ(test_anytime(std::span(same).first(1)).evidence, 0);
}

TEST(Holm, IsWhatStatsmodelsSays) {
    for (const auto& family : kGolden["holm"]) {
        const std::vector<double> p_values = family["p_values"];
        const std::vector<double> expected = family["expected"];
        const std::vector<double> corrected = holm(p_values);
        ASSERT_EQ(corrected.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_DOUBLE_EQ(corrected[i], expected[i]) << family;  // one product
        }
    }
}

TEST(Holm, WhatIsNotANumberIsNotCounted) {
    EXPECT_TRUE(holm({}).empty());
    const std::vector<double> corrected = holm(std::vector{kNan, 0.25, kNan, 0.03125});
    EXPECT_TRUE(std::isnan(corrected[0]));
    EXPECT_EQ(corrected[1], 0.25);
    EXPECT_TRUE(std::isnan(corrected[2]));
    EXPECT_EQ(corrected[3], 0.0625);
}

TEST(PairsToDetect, IsWhatStatsmodelsSays) {
    for (const auto& entry : kGolden["power"]) {
        const double effect = entry["effect"];
        EXPECT_EQ(pairs_to_detect(effect, 1), entry["expected"]) << entry;
        EXPECT_EQ(pairs_to_detect(0.001, 0.001 / effect), entry["expected"]) << entry;
    }
}

TEST(PairsToDetect, AtTheEnds) {
    EXPECT_EQ(pairs_to_detect(0.001, 0), 2U);
    EXPECT_EQ(pairs_to_detect(1, 1e-300), 2U);
    // For many pairs t is normal: n = ((z_0.975 + z_0.8) / effect)^2, (1.959964 + 0.841621)^2 = 7.848880. The
    // noncentral t distribution itself has six digits there.
    EXPECT_NEAR(static_cast<double>(pairs_to_detect(1e-3, 1)), 7848880, 1e-5 * 7848880);
    EXPECT_NEAR(static_cast<double>(pairs_to_detect(1e-6, 1)), 7.848880e12, 1e-5 * 7.848880e12);
    EXPECT_EQ(pairs_to_detect(1e-300, 1), pairs_to_detect(1e-6, 1));
}

}  // namespace
}  // namespace dropsweep::stats
