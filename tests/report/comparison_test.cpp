// Settings are compared as SciPy and statsmodels do it, and one is chosen.
#include "dropsweep/report/comparison.hpp"

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

/// The sweep of generate_statistics.py and what SciPy and statsmodels say about it.
class GoldenSweep : public testing::Test {
  protected:
    GoldenSweep() {
        for (const auto& [dropout, seeds] : golden_["trials"].items()) {
            for (const auto& [seed, numbers] : seeds.items()) {
                record_.trials.push_back(numbers.is_null()
                                             ? lost(dropout, std::stoul(seed), train::Status::diverged)
                                             : counted(dropout, std::stoul(seed), numbers[0], numbers[1]));
            }
        }
    }

    static void expect_contrast(const std::optional<Contrast>& contrast, const nlohmann::json& expected) {
        if (expected.is_null()) {
            EXPECT_FALSE(contrast);
            return;
        }
        ASSERT_TRUE(contrast);
        const stats::Summary& difference = contrast->difference;
        EXPECT_EQ(difference.count, expected[0]);
        const bool has_interval = !expected[3].is_null();
        const double width = has_interval ? difference.high - difference.low : 0;
        const std::pair<double, double> numbers[] = {{difference.mean, difference.mean},
                                                     {difference.sd, difference.sd},
                                                     {difference.low, std::abs(difference.mean) + width},
                                                     {difference.high, std::abs(difference.mean) + width},
                                                     {contrast->p_value, contrast->p_value}};
        for (std::size_t i = 0; i < std::size(numbers); ++i) {
            const auto [number, size] = numbers[i];
            if (expected[i + 1].is_null()) {
                EXPECT_FALSE(std::isfinite(number)) << i;
                continue;
            }
            // Differences of accuracies are off by 1e-16, their sds of the order of 1e-3 and what is made from them by
            // some 1e-13 of themselves; p-values multiply that by the number of pairs.
            EXPECT_NEAR(number, expected[i + 1], 1e-11 * std::abs(size)) << i;
        }
    }

    nlohmann::json golden_ =
        nlohmann::json::parse(std::ifstream(DROPSWEEP_TEST_DATA "/../stats/statistics.json")).at("sweep");
    record::RunRecord record_;
};

TEST_F(GoldenSweep, ContrastsAreWhatSciPySays) {
    const Comparison comparison = compare(record_);
    ASSERT_TRUE(comparison.chosen);
    EXPECT_EQ(comparison.settings[*comparison.chosen].setting.dropout.text(), golden_["chosen"].get<std::string>());
    EXPECT_EQ(comparison.seeds_to_detect, golden_["seeds_to_tell"].get<std::size_t>());
    for (const SettingStatistics& each : comparison.settings) {
        const std::string dropout = each.setting.dropout.text();
        SCOPED_TRACE("p = " + dropout);
        const auto expected = [&](const char* reference, std::size_t metric) {
            return golden_[reference][metric].value(dropout, nlohmann::json());
        };
        expect_contrast(each.test_accuracy.against_zero, expected("against_zero", 0));
        expect_contrast(each.best_val_loss.against_zero, expected("against_zero", 1));
        expect_contrast(each.test_accuracy.against_chosen, expected("against_chosen", 0));
        expect_contrast(each.best_val_loss.against_chosen, expected("against_chosen", 1));
    }
}

TEST_F(GoldenSweep, DoesNotDependOnTheOrderOfTheTrials) {
    std::reverse(record_.trials.begin(), record_.trials.end());
    const Comparison comparison = compare(record_);
    EXPECT_EQ(comparison.settings[*comparison.chosen].setting.dropout.text(), golden_["chosen"].get<std::string>());
    for (const SettingStatistics& each : comparison.settings) {
        expect_contrast(each.test_accuracy.against_chosen,
                        golden_["against_chosen"][0].value(each.setting.dropout.text(), nlohmann::json()));
    }
}

TEST_F(GoldenSweep, NeighboursHaveATrialThatCounts) {
    const Comparison comparison = compare(record_);
    EXPECT_THAT(comparison.neighbours, ElementsAre(1, 3));
    for (record::TrialRecord& trial : record_.trials) {
        if (trial.trial.dropout == text::Decimal::parse("0.2")) trial.result.reset();
    }
    EXPECT_THAT(compare(record_).neighbours, ElementsAre(0, 3));
}

TEST(Compare, TheLowestMeanValidationLossIsChosenWhateverTheTestSays) {
    const record::RunRecord record = record_of({counted("0", 1, 0.99, 0.30), counted("0", 2, 0.99, 0.30),  //
                                                counted("0.2", 1, 0.90, 0.28), counted("0.2", 2, 0.90, 0.24),
                                                counted("0.4", 1, 0.98, 0.20), counted("0.4", 2, 0.98, 0.36)});
    const Comparison comparison = compare(record);
    EXPECT_EQ(comparison.chosen, 1U);
    EXPECT_EQ(comparison.chosen_trial, &record.trials[3]);
}

TEST(Compare, TheFirstOfEqualsIsChosen) {
    const record::RunRecord record =
        record_of({counted("0.1", 1, 0.9, 0.5), counted("0.2", 1, 0.9, 0.25), counted("0.2", 2, 0.9, 0.25),
                   counted("0.3", 1, 0.9, 0.25), counted("0.3", 2, 0.9, 0.25)});
    const Comparison comparison = compare(record);
    EXPECT_EQ(comparison.chosen, 1U);
    EXPECT_EQ(comparison.chosen_trial, &record.trials[1]);
}

TEST(Compare, ASurvivorOfManyIsNotChosen) {
    const record::RunRecord record = record_of({counted("0.1", 1, 0.9, 0.3), counted("0.1", 2, 0.9, 0.3),
                                                counted("0.9", 1, 0.95, 0.1), lost("0.9", 2, train::Status::diverged)});
    EXPECT_EQ(compare(record).chosen, 0U);
}

TEST(Compare, CountsWhatHasWeights) {
    const record::RunRecord record =
        record_of({lost("0", 1, train::Status::failed), counted("0", 2, 0.9, 0.3), not_ended("0", 3),
                   lost("0.5", 1, train::Status::diverged), not_ended("0.5", 2), not_ended("0.5", 3)});
    const Comparison comparison = compare(record);
    ASSERT_EQ(comparison.settings.size(), 2U);
    EXPECT_THAT(comparison.settings[0].trials, ElementsAre(&record.trials[1]));
    EXPECT_TRUE(comparison.settings[1].trials.empty());
    EXPECT_THAT(comparison.left_out, ElementsAre(&record.trials[0], &record.trials[2], &record.trials[3],
                                                 &record.trials[4], &record.trials[5]));
    EXPECT_EQ(comparison.chosen, 0U);
    EXPECT_TRUE(comparison.neighbours.empty());
    EXPECT_FALSE(comparison.seeds_to_detect);
    EXPECT_EQ(comparison.settings[1].test_accuracy.against_chosen->difference.count, 0U);
}

TEST(Compare, WithoutZeroThereIsNoContrastAgainstIt) {
    const record::RunRecord record = record_of({counted("0.1", 1, 0.9, 0.3), counted("0.5", 1, 0.9, 0.2)});
    for (const SettingStatistics& each : compare(record).settings) {
        EXPECT_FALSE(each.test_accuracy.against_zero);
        EXPECT_FALSE(each.best_val_loss.against_zero);
    }
}

TEST(Compare, TheRivalsAreZeroAndWhatComesClosest) {
    const record::RunRecord record =
        record_of({counted("0", 1, 0.9, 0.5), counted("0", 2, 0.9, 0.5), counted("0.2", 1, 0.9, 0.2),
                   counted("0.2", 2, 0.9, 0.2), counted("0.2", 3, 0.9, 0.2), counted("0.4", 1, 0.9, 0.4),
                   counted("0.4", 2, 0.9, 0.4), counted("0.4", 3, 0.9, 0.4), counted("0.6", 1, 0.9, 0.3),
                   counted("0.6", 2, 0.9, 0.3), counted("0.8", 1, 0.9, 0.25)});
    EXPECT_THAT(compare(record).rivals, ElementsAre(0, 2)) << "0.6 has a lower loss, over fewer seeds";
}

TEST(Compare, NothingCounts) {
    for (const record::RunRecord& record : {record_of({}), record_of({lost("0", 1, train::Status::diverged)})}) {
        const Comparison comparison = compare(record);
        EXPECT_FALSE(comparison.chosen);
        EXPECT_EQ(comparison.chosen_trial, nullptr);
        EXPECT_EQ(comparison.settings.size(), record.trials.size());
    }
}

const std::string kHeader =
    "metric,dropout,seeds,mean,sd,low,high,"
    "zero_pairs,zero_difference,zero_sd,zero_low,zero_high,zero_samples_low,zero_samples_high,zero_p_value,"
    "zero_seeds_to_tell,chosen_pairs,chosen_difference,chosen_sd,chosen_low,chosen_high,chosen_samples_low,"
    "chosen_samples_high,chosen_p_value,chosen_seeds_to_tell,chosen\n";

TEST(StatisticsCsv, ARowForEachMetricAndValue) {
    // Equal differences, so that every number is exact.
    const record::RunRecord record =
        record_of({counted("0", 1, 0.5, 0.5), counted("0", 2, 0.5, 0.5),  //
                   counted("0.25", 1, 0.75, 0.25), counted("0.25", 2, 0.75, 0.25), counted("0.5", 1, 0.625, 0.125),
                   lost("0.5", 2, train::Status::diverged)});
    EXPECT_EQ(statistics_csv(compare(record)),
              kHeader +
                  "test_accuracy,0,2,0.5,0,0.5,0.5,,,,,,,,,,2,-0.25,0,nan,nan,,,1,6,0\n"
                  "test_accuracy,0.25,2,0.75,0,0.75,0.75,2,0.25,0,nan,nan,,,1,6,,,,,,,,,6,1\n"
                  "test_accuracy,0.5,1,0.625,nan,nan,nan,1,0.125,nan,nan,nan,,,nan,nan,"
                  "1,-0.125,nan,nan,nan,,,nan,nan,0\n"
                  "best_val_loss,0,2,0.5,0,0.5,0.5,,,,,,,,,,2,0.25,0,nan,nan,,,1,,0\n"
                  "best_val_loss,0.25,2,0.25,0,0.25,0.25,2,-0.25,0,nan,nan,,,1,,,,,,,,,,,1\n"
                  "best_val_loss,0.5,1,0.125,nan,nan,nan,1,-0.375,nan,nan,nan,,,nan,,"
                  "1,-0.125,nan,nan,nan,,,nan,,0\n");
}

TEST(StatisticsCsv, WithoutAnyTrialThatCounts) {
    EXPECT_EQ(statistics_csv(compare(record_of({}))), kHeader);
    const record::RunRecord record = record_of({lost("0.5", 1, train::Status::diverged)});
    EXPECT_EQ(statistics_csv(compare(record)), kHeader + "test_accuracy,0.5,0,nan,nan,nan,nan,,,,,,,,,,,,,,,,,,,0\n" +
                                                   "best_val_loss,0.5,0,nan,nan,nan,nan,,,,,,,,,,,,,,,,,,,0\n");
}

}  // namespace
}  // namespace dropsweep::report
