#include "dropsweep/optim/rmsprop.hpp"

#include <cmath>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/core/simd.hpp"

namespace dropsweep::optim {
namespace {

constexpr float kScale = 1.0f / 128;

std::vector<float> uniform(std::mt19937& generator, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(generator()) * 0x1p-31f - 1.0f;
    return values;
}

/// The formula of the header in double.
struct NaiveRmsProp {
    RmsProp::Settings settings;
    std::vector<double> weights;
    std::vector<double> v = std::vector<double>(weights.size());

    void update(std::span<const float> gradient, double gradient_scale) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double g = gradient[i] * gradient_scale;
            v[i] = settings.rho * v[i] + (1 - settings.rho) * g * g;
            weights[i] -= settings.learning_rate * g / (std::sqrt(v[i]) + settings.epsilon);
        }
    }
};

// With u = 2^-24, the rounding error of one operation: v is a sum of positive terms. A term of age a has seen a + 5
// roundings (g, g^2, 1 - rho, product, sum, then a product and a sum with the rounded rho for each step: 3 a), and its
// share of v is 0.1 * 0.9^a, so v is wrong by (5 + 3 * 9) u = 32 u in the mean; its root by 16 u, the step by 16 u plus
// 6 u of its own operations. A step is at most learning_rate / sqrt(1 - rho) = 3.2e-3, and 50 of them move a weight by
// 0.16; the subtraction rounds by u |w| < 1.16 u each. Together 50 * (3.2e-3 * 22 + 1.16) u < 62 u = 3.7e-6.
TEST(RmsProp, FollowsTheFormulaForFiftySteps) {
    constexpr double kTolerance = 62 * 0x1p-24;
    constexpr std::size_t kSize = 1003;  // no multiple of a vector register
    std::mt19937 generator(1);
    std::vector<float> weights = uniform(generator, kSize);
    const RmsProp::Settings settings;
    NaiveRmsProp naive{settings, {weights.begin(), weights.end()}};
    RmsProp rmsprop(settings, kSize);
    for (int step = 0; step < 50; ++step) {
        const std::vector<float> gradient = uniform(generator, kSize);
        rmsprop.update(weights, gradient, kScale);
        naive.update(gradient, kScale);
    }
    for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(weights[i], naive.weights[i], kTolerance) << i;
}

// Every setting has its place: values far from the defaults. Here rho = 0.5, so that v is wrong by (5 + 3) u and the
// step by 10 u of at most 0.01 / sqrt(0.5) = 0.015; 50 * (0.015 * 10 + 1.75) u < 100 u.
TEST(RmsProp, FollowsTheFormulaWithOtherSettings) {
    constexpr double kTolerance = 100 * 0x1p-24;
    std::mt19937 generator(2);
    std::vector<float> weights = uniform(generator, 20);
    const RmsProp::Settings settings{.learning_rate = 0.01, .rho = 0.5, .epsilon = 0.25};
    NaiveRmsProp naive{settings, {weights.begin(), weights.end()}};
    RmsProp rmsprop(settings, weights.size());
    for (int step = 0; step < 50; ++step) {
        const std::vector<float> gradient = uniform(generator, weights.size());
        rmsprop.update(weights, gradient, 1.0f);
        naive.update(gradient, 1.0);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) ASSERT_NEAR(weights[i], naive.weights[i], kTolerance) << i;
}

// v = 0.1 g^2 after the first step, so the step is learning_rate / sqrt(0.1) whatever the gradient (less epsilon's
// share, 1e-7 / 0.3). Ten roundings of 2^-24.
TEST(RmsProp, MeanSquareStartsAtZero) {
    for (const float g : {1.0f, -30.0f}) {
        std::vector<float> weight = {0.0f};
        RmsProp({}, 1).update(weight, std::vector{g}, 1.0f);
        const double step = 0.001 / std::sqrt(0.1);
        EXPECT_NEAR(weight[0], -std::copysign(step, g), step * (10 * 0x1p-24 + 1e-7 / 0.3));
    }
}

TEST(RmsProp, NoGradientNoStep) {
    std::mt19937 generator(3);
    const std::vector<float> before = uniform(generator, 100);
    std::vector<float> weights = before;
    RmsProp({}, 100).update(weights, std::vector<float>(100), kScale);
    EXPECT_EQ(weights, before);
}

// The promise behind the reduce-scatter: however the ranks cut the buffer, the bits are those of the whole.
TEST(RmsProp, SlicesGiveTheBitsOfTheWhole) {
    constexpr std::size_t kSize = 1003;
    for (const std::vector<std::size_t>& cuts :
         {std::vector<std::size_t>{0, 501, kSize}, {0, 1, 2, 5, 6, 23, 24, 40, 999, kSize}, {0, 0, 335, 670, kSize}}) {
        std::mt19937 generator(4);
        std::vector<float> whole = uniform(generator, kSize);
        std::vector<float> sliced = whole;
        RmsProp of_whole({}, kSize);
        std::vector<RmsProp> of_slice;
        for (std::size_t s = 0; s + 1 < cuts.size(); ++s)
            of_slice.emplace_back(RmsProp::Settings{}, cuts[s + 1] - cuts[s]);
        for (int step = 0; step < 20; ++step) {
            const std::vector<float> gradient = uniform(generator, kSize);
            of_whole.update(whole, gradient, kScale);
            for (std::size_t s = 0; s < of_slice.size(); ++s) {
                const std::size_t size = cuts[s + 1] - cuts[s];
                of_slice[s].update(std::span(sliced).subspan(cuts[s], size), std::span(gradient).subspan(cuts[s], size),
                                   kScale);
            }
        }
        EXPECT_EQ(sliced, whole);
    }
}

// One gradient, 800 steps without, one gradient again: in between v = 0.1 g^2 0.9^step passes through the denormals.
// Flushing them takes nothing from the weights, because sqrt(v) < 1.1e-19 is lost in epsilon = 1e-7 anyway.
TEST(RmsProp, FlushingDenormalsKeepsTheBitsOfTheWeights) {
    const auto train = [](bool flush) {
        std::vector<float> weights;
        std::thread([&] {
            if (flush) core::flush_denormals_to_zero();
            std::mt19937 generator(5);
            weights = uniform(generator, 64);
            RmsProp rmsprop({}, weights.size());
            const std::vector<float> gradient = uniform(generator, weights.size());
            const std::vector<float> none(weights.size());
            rmsprop.update(weights, gradient, kScale);
            for (int step = 0; step < 800; ++step) rmsprop.update(weights, none, kScale);
            rmsprop.update(weights, gradient, kScale);
        }).join();
        return weights;
    };
    float v = 0.1f * kScale * kScale;
    for (int step = 0; step < 800; ++step) v *= 0.9f;
    ASSERT_EQ(std::fpclassify(v), FP_SUBNORMAL) << "the test does not reach the denormals";
    EXPECT_EQ(train(true), train(false));
}

}  // namespace
}  // namespace dropsweep::optim
