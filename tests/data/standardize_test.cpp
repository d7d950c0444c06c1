// Means and deviations of features, and values without them.
#include "dropsweep/data/standardize.hpp"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::data {
namespace {

using testing::ElementsAre;

TEST(Standardize, GivesMeanZeroAndDeviationOne) {
    const std::vector<std::uint8_t> labels(4);
    const std::vector<float> numbers = {1, 10, 7, 3, 10, 7, 5, 30, 7, 7, 30, 7};
    const Standardization found = standardization_of({{}, labels, 3, numbers});
    EXPECT_THAT(found.means, ElementsAre(4, 20, 7));
    EXPECT_THAT(found.deviations, ElementsAre(std::sqrt(5.0f), 10, 0));
    LabelledSamples samples{2, 1, 3, {}, {0, 1}, {4, 30, 7, 9, 10, 8}};
    standardize(samples, found);
    EXPECT_THAT(samples.numbers, ElementsAre(0, 1, 0, 5 / std::sqrt(5.0f), -1, 0));
    EXPECT_THAT(raw_values(std::span(samples.numbers).last(3), found), ElementsAre(testing::FloatEq(9), 10, 7));
}

TEST(Standardize, PixelsAreTheir255th) {
    const std::vector<std::uint8_t> labels(2);
    const std::vector<std::uint8_t> pixels = {0, 51, 255, 51};
    const Standardization found = standardization_of({pixels, labels, 2});
    EXPECT_THAT(found.means, ElementsAre(0.5f, 0.2f));
    EXPECT_THAT(found.deviations, ElementsAre(0.5f, 0));
    LabelledSamples samples{2, 1, 2, pixels, labels, {}};
    standardize(samples, found);
    EXPECT_TRUE(samples.pixels.empty());
    EXPECT_THAT(samples.numbers, ElementsAre(-1, 0, 1, 0));
}

/// The sum of equal values may be rounded, so that they seem to differ from their mean.
TEST(Standardize, EqualValuesHaveNoDeviation) {
    const std::vector<std::uint8_t> labels(1000);
    const std::vector<float> numbers(1000, 0.1f);
    EXPECT_THAT(standardization_of({{}, labels, 1, numbers}).deviations, ElementsAre(0));
}

}  // namespace
}  // namespace dropsweep::data
