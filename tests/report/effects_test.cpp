// The effects of each option, as pandas and SciPy say them.
#include "dropsweep/report/effects.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records.hpp"

namespace dropsweep::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

record::TrialRecord with(record::TrialRecord record, const sweep::Choices& choices) {
    record.trial.choices = choices;
    return record;
}

/// The trials of generate_statistics.py and what pandas and SciPy say about them.
class Factorial : public testing::Test {
  protected:
    Factorial() {
        for (const auto& [dropout, rate, seed, accuracy, loss] :
             golden_["trials"].get<std::vector<std::tuple<std::string, std::string, int, double, double>>>()) {
            record_.trials.push_back(
                with(counted(dropout, static_cast<std::uint64_t>(seed), accuracy, loss), {{"learning-rate", rate}}));
        }
    }

    static void expect_summary(const stats::Summary& summary, const nlohmann::json& expected) {
        EXPECT_EQ(summary.count, expected[0]);
        const std::vector<double> numbers{summary.mean, summary.sd, summary.low, summary.high};
        for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_NEAR(numbers[i], expected[i + 1], 1e-12) << i;
    }

    nlohmann::json golden_ =
        nlohmann::json::parse(std::ifstream(DROPSWEEP_TEST_DATA "/../stats/statistics.json")).at("factorial");
    record::RunRecord record_;
};

TEST_F(Factorial, EffectsAreWhatPandasAndSciPySay) {
    const std::vector<OptionEffects> all = effects(compare(record_));
    ASSERT_EQ(all.size(), 2U);
    for (const OptionEffects& option : all) {
        const nlohmann::json& expected = golden_["effects"][option.option];
        ASSERT_EQ(option.values.size(), expected.size());
        for (const Effect& effect : option.values) {
            SCOPED_TRACE(option.option + " " + effect.value);
            const nlohmann::json& value = expected[effect.value];
            expect_summary(effect.test_accuracy, value["accuracy"]);
            expect_summary(effect.best_val_loss, value["loss"]);
            ASSERT_EQ(effect.difference.has_value(), !value["difference"].is_null());
            if (effect.difference) expect_summary(*effect.difference, value["difference"]);
        }
    }
}

TEST_F(Factorial, PairsHaveTheMeansOfTheirSettings) {
    const Comparison comparison = compare(record_);
    const std::vector<PairMeans> pairs = pair_means(comparison);
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_EQ(pairs[0].rows, "dropout");
    EXPECT_EQ(pairs[0].columns, "learning-rate");
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            const SettingStatistics& setting = comparison.settings[3 * row + column];
            EXPECT_EQ(pairs[0].best_val_loss[row][column], setting.best_val_loss.summary.mean);
            EXPECT_EQ(pairs[0].test_accuracy[row][column], setting.test_accuracy.summary.mean);
        }
    }
}

TEST_F(Factorial, AnOptionWithManyValuesIsInNoPair) {
    for (int i = 0; i < 9; ++i) {
        record_.trials.push_back(with(counted("0", 1, 0.9, 0.1), {{"learning-rate", std::to_string(i + 1)}}));
    }
    EXPECT_THAT(pair_means(compare(record_)), IsEmpty());
}

TEST(Effects, OfOneOptionThereAreNone) {
    EXPECT_THAT(effects(compare(record_of({counted("0", 1, 0.9, 0.1), counted("0.5", 1, 0.9, 0.2)}))), IsEmpty());
}

TEST(Effects, OfValuesThatNeverMeetThereAreNone) {
    const record::RunRecord record = record_of({with(counted("0", 1, 0.9, 0.1), {{"learning-rate", "0.1"}}),
                                                with(counted("0.5", 1, 0.9, 0.2), {{"learning-rate", "0.2"}})});
    const Comparison random = compare(record);
    EXPECT_THAT(effects(random), IsEmpty());
    const std::vector<PairMeans> pairs = pair_means(random);
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_TRUE(std::isnan(pairs[0].best_val_loss[0][1]));
}

TEST(Effects, WhatOnlySomeSettingsHaveIsAveragedOverWithinThese) {
    const auto trial = [](const char* optimizer, const char* momentum, double accuracy) {
        return with(counted("0", 1, accuracy, 1 - accuracy), {{"optimizer", optimizer}, {"momentum", momentum}});
    };
    const std::vector<OptionEffects> all =
        effects(compare(record_of({trial("adam", "", 0.9), trial("sgd", "0", 0.5), trial("sgd", "0.9", 0.7)})));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].option, "optimizer");
    EXPECT_DOUBLE_EQ(all[0].values[0].test_accuracy.mean, 0.9);
    EXPECT_DOUBLE_EQ(all[0].values[1].test_accuracy.mean, 0.6);
    EXPECT_EQ(all[1].option, "momentum");
    EXPECT_THAT(all[1].values, testing::SizeIs(2));
    EXPECT_FALSE(all[1].values[1].difference) << "the best one";
}

}  // namespace
}  // namespace dropsweep::report
