// The layer optim in use: each rule brings a weight to where the loss is least.
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/optim/optimizer.hpp"

namespace dropsweep::optim {
namespace {

TEST(OptimExample, EachRuleFindsTheMinimum) {
    for (const Rule rule : {Rule::rmsprop, Rule::adam, Rule::sgd}) {
        Optimizer optimizer({.learning_rate = 0.05, .rule = rule}, 1);
        std::vector<float> weight = {3};
        for (std::uint64_t step = 1; step <= 200; ++step) {
            const std::vector<float> gradient = {2 * (weight[0] - 1)};  // of (w - 1)^2, summed over two rows
            EXPECT_TRUE(optimizer.update(weight, gradient, 0.5f, step));
        }
        EXPECT_NEAR(weight[0], 1, 0.06) << to_string(rule);
        EXPECT_EQ(optimizer.moments().size(), definition_of(rule).moments);
    }
}

}  // namespace
}  // namespace dropsweep::optim
