// Weights of classes, balanced or given.
#include "dropsweep/train/class_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kNames = {"no", "perhaps", "yes"};

/// sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 2], y=[2, 0, 2, 2, 2]) is [2.5, 0.625].
TEST(ClassWeights, BalancedAreThoseOfScikitLearn) {
    const std::vector<std::uint8_t> labels = {2, 0, 2, 2, 2};
    EXPECT_THAT(class_weights_of({.balanced = true, .given = {}}, labels, kNames), ElementsAre(2.5f, 1, 0.625f));
}

TEST(ClassWeights, OneForEachClass) {
    EXPECT_THAT(class_weights_of({}, {}, kNames), IsEmpty());
    EXPECT_THAT(class_weights_of({.balanced = false, .given = {0.1, 2, 0}}, {}, kNames), ElementsAre(0.1f, 2, 0));
    for (const std::vector<double>& given : {std::vector<double>{1}, {1, 2}, {1, 2, 3, 4}}) {
        EXPECT_THROW(class_weights_of({.balanced = false, .given = given}, {}, kNames), Error);
    }
}

}  // namespace
}  // namespace dropsweep::train
