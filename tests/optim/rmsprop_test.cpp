// RMSprop at its ends: the first step, no gradient, tiny numbers.
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/optim/optimizer.hpp"

#include "../support/random_values.hpp"

namespace dropsweep::optim {
namespace {

using testing_support::bits_of;

constexpr float kScale = 1.0f / 128;

// v = 0.1 g^2 after the first step. Ten roundings of 2^-24.
TEST(RmsProp, MeanSquareStartsAtZero) {
    for (const float g : {1.0f, -30.0f}) {
        const double square = 0.1 * g * g;
        for (const auto& [in_root, root] :
             {std::pair{true, std::sqrt(square + 1e-7)}, {false, std::sqrt(square) + 1e-7}}) {
            std::vector<float> weight = {0.0f};
            Optimizer({.epsilon_in_root = in_root}, 1).update(weight, std::vector{g}, 1.0f, 1);
            EXPECT_NEAR(weight[0], -0.001 * g / root, 10 * 0x1p-24 * 0.001 / std::sqrt(0.1));
        }
    }
}

/// Without epsilon, too, where 0 / 0 would be no number.
TEST(RmsProp, NoGradientNoStep) {
    std::mt19937 generator(3);
    const std::vector<float> before = testing_support::uniform(generator, 100);
    for (const double epsilon : {1e-7, 0.0}) {
        for (const bool in_root : {true, false}) {
            std::vector<float> weights = before;
            const Settings settings{.epsilon = epsilon, .epsilon_in_root = in_root};
            EXPECT_TRUE(Optimizer(settings, 100).update(weights, std::vector<float>(100), kScale, 1));
            EXPECT_EQ(weights, before);
        }
    }
}

TEST(RmsProp, TinyNumbersAreZero) {
    const auto after = [](float weight, float gradient, const Settings& settings) {
        Optimizer rmsprop(settings, 1);
        std::vector<float> weights = {weight};
        EXPECT_TRUE(rmsprop.update(weights, std::vector{gradient}, 1.0f, 1));
        return std::pair{weights[0], rmsprop.moments()[0]};
    };
    const Settings all{.learning_rate = 1, .rho = 0, .epsilon = 0};
    EXPECT_EQ(after(0, 0x1p-50f, all), (std::pair{-1.0f, 0x1p-100f}));
    EXPECT_EQ(after(0, std::nextafter(0x1p-50f, 0.0f), all), (std::pair{0.0f, 0.0f}));
    // A gradient whose square becomes zero: no step, rather than an infinite one.
    EXPECT_EQ(after(1, 0x1.8p-50f, {.rho = 0.9, .epsilon = 0}), (std::pair{1.0f, 0.0f}));
    // A mean square that fades.
    Optimizer fading({.rho = 0.5}, 2);
    fading.moments()[0] = 0x1p-99f;
    fading.moments()[1] = 0x1.fffffep-100f;
    std::vector<float> still = {1, 1};
    fading.update(still, std::vector<float>(2), 1.0f, 1);
    EXPECT_EQ(fading.moments()[0], 0x1p-100f);
    EXPECT_EQ(fading.moments()[1], 0);
    const Settings exact{.learning_rate = 0x1p-40, .rho = 0, .epsilon = 0};  // a step of 2^-40
    EXPECT_EQ(after(0, -1, exact).first, 0x1p-40f);
    EXPECT_EQ(bits_of(std::vector{after(0x1.8p-40f, 1, exact).first}), bits_of(std::vector{0.0f}));
    EXPECT_EQ(bits_of(std::vector{after(0x1.0p-41f, 1, exact).first}), bits_of(std::vector{0.0f})) << "not -0";
}

// One gradient, 800 steps without: unless it became zero the mean square would be denormal, and the steps slow.
TEST(RmsProp, MeanSquareIsNeverDenormal) {
    float v = 0.1f * kScale * kScale;
    for (int step = 0; step < 800; ++step) v *= 0.9f;
    ASSERT_EQ(std::fpclassify(v), FP_SUBNORMAL) << "the test does not reach the denormals";
    Optimizer rmsprop({}, 1);
    std::vector<float> weight = {1.0f};
    rmsprop.update(weight, std::vector{1.0f}, kScale, 1);
    for (int step = 0; step < 800; ++step) {
        rmsprop.update(weight, std::vector{0.0f}, kScale, 1);
        EXPECT_NE(std::fpclassify(rmsprop.moments()[0]), FP_SUBNORMAL);
    }
    EXPECT_EQ(rmsprop.moments()[0], 0);
}

}  // namespace
}  // namespace dropsweep::optim
