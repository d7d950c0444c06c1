// The layer data in use: a data set, its classes, and its split into what is trained on and what is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/data/dataset.hpp"
#include "dropsweep/data/synthetic.hpp"

namespace dropsweep::data {
namespace {

TEST(DataExample, TheSyntheticDigitsAreSplit) {
    const Dataset digits = synthetic_digits(1, 1000, 50);
    std::vector<std::string> warnings;
    EXPECT_EQ(count_classes(digits, warnings), 10u);
    EXPECT_THAT(warnings, testing::IsEmpty());

    const Split split = split_tail(as_samples(digits.train), as_samples(digits.test), 0.1);
    EXPECT_EQ(split.train.size(), 900u);
    EXPECT_EQ(split.validation.size(), 100u);
    EXPECT_EQ(split.validation.labels[0], digits.train.labels[900]);
    EXPECT_EQ(split.test.image(7).size(), 28u * 28);
    EXPECT_NE(content_hash(digits), content_hash(synthetic_digits(2, 1000, 50)));
}

}  // namespace
}  // namespace dropsweep::data
