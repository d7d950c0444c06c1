#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/optim/optimizer.hpp"

#include "../support/denormals_are_zero.hpp"
#include "../support/each_kernel.hpp"

namespace dropsweep::optim {
namespace {

constexpr float kScale = 1.0f / 128;

std::vector<float> uniform(std::mt19937& generator, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(generator()) * 0x1p-31f - 1.0f;
    return values;
}

/// The formula of rmsprop.cpp in double.
struct NaiveRmsProp {
    Settings settings;
    std::vector<double> weights;
    std::vector<double> v = std::vector<double>(weights.size());

    void update(std::span<const float> gradient, double gradient_scale) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double g = gradient[i] * gradient_scale;
            v[i] = settings.rho * v[i] + (1 - settings.rho) * g * g;
            weights[i] -=
                settings.learning_rate * g /
                (settings.epsilon_in_root ? std::sqrt(v[i] + settings.epsilon) : std::sqrt(v[i]) + settings.epsilon);
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
    for (const bool in_root : {true, false}) {
        std::mt19937 generator(1);
        std::vector<float> weights = uniform(generator, kSize);
        const Settings settings{.epsilon_in_root = in_root};
        NaiveRmsProp naive{settings, {weights.begin(), weights.end()}};
        Optimizer rmsprop(settings, kSize);
        for (int step = 0; step < 50; ++step) {
            const std::vector<float> gradient = uniform(generator, kSize);
            EXPECT_TRUE(rmsprop.update(weights, gradient, kScale, 1));
            naive.update(gradient, kScale);
        }
        for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(weights[i], naive.weights[i], kTolerance) << i;
    }
}

// Every setting has its place: values far from the defaults. Here rho = 0.5, so that v is wrong by (5 + 3) u and the
// step by 10 u of at most 0.01 / sqrt(0.5) = 0.015; 50 * (0.015 * 10 + 1.75) u < 100 u.
TEST(RmsProp, FollowsTheFormulaWithOtherSettings) {
    constexpr double kTolerance = 100 * 0x1p-24;
    for (const bool in_root : {true, false}) {
        std::mt19937 generator(2);
        std::vector<float> weights = uniform(generator, 20);
        const Settings settings{.learning_rate = 0.01, .rho = 0.5, .epsilon = 0.25, .epsilon_in_root = in_root};
        NaiveRmsProp naive{settings, {weights.begin(), weights.end()}};
        Optimizer rmsprop(settings, weights.size());
        for (int step = 0; step < 50; ++step) {
            const std::vector<float> gradient = uniform(generator, weights.size());
            rmsprop.update(weights, gradient, 1.0f, 1);
            naive.update(gradient, 1.0);
        }
        for (std::size_t i = 0; i < weights.size(); ++i) ASSERT_NEAR(weights[i], naive.weights[i], kTolerance) << i;
    }
}

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
    const std::vector<float> before = uniform(generator, 100);
    for (const double epsilon : {1e-7, 0.0}) {
        for (const bool in_root : {true, false}) {
            std::vector<float> weights = before;
            const Settings settings{.epsilon = epsilon, .epsilon_in_root = in_root};
            EXPECT_TRUE(Optimizer(settings, 100).update(weights, std::vector<float>(100), kScale, 1));
            EXPECT_EQ(weights, before);
        }
    }
}

/// docs/arithmetic.md in scalar operations.
struct ScalarRmsProp {
    Settings settings;
    std::vector<float> weights;
    std::vector<float> v = std::vector<float>(weights.size());

    static float zero_below(float value, float least) { return std::abs(value) < least ? 0.0f : value; }
    void update(const std::vector<float>& gradient, float gradient_scale) {
        const auto rate = static_cast<float>(settings.learning_rate);
        const auto rho = static_cast<float>(settings.rho);
        const auto rest = static_cast<float>(1 - settings.rho);
        const auto epsilon = static_cast<float>(settings.epsilon);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const float g = gradient[i] * gradient_scale;
            const float square = g * g;
            const bool counts = !(square < 0x1p-100f);
            v[i] = zero_below(counts ? std::fma(rho, v[i], rest * square) : rho * v[i], 0x1p-100f);
            const float d = settings.epsilon_in_root ? std::sqrt(v[i] + epsilon) : std::sqrt(v[i]) + epsilon;
            if (counts && v[i] != 0) weights[i] = zero_below(weights[i] - (rate * g) / d, 0x1p-40f);
        }
    }
};

std::vector<std::uint32_t> bits_of(std::span<const float> values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

/// Gradients of all sizes, from such that become zero to such whose square is tiny and ordinary ones; steps that leave
/// next to nothing of a weight. By the kernels of every instruction set, with whole vectors and what is left, and
/// whatever the CPU does with denormal numbers.
TEST(RmsProp, HasTheBitsOfScalarOperations) {
    for (const std::size_t size : {1u, 3u, 16u, 37u, 200u}) {
        for (const Settings& settings :
             {Settings{},
              {.rho = 0.5, .epsilon = 0},
              {.epsilon = 1e-8, .epsilon_in_root = false},
              {.learning_rate = 1e-12, .rho = 0.99, .epsilon = 0, .epsilon_in_root = false}}) {
            std::mt19937 generator(6);
            const std::vector<float> start = uniform(generator, size);
            std::vector<std::vector<float>> gradients;
            for (int step = 0; step < 30; ++step) {
                std::vector<float>& gradient = gradients.emplace_back(uniform(generator, size));
                for (float& g : gradient) g = std::ldexp(g, -static_cast<int>(generator() % 60));
                if (step % 3 == 2) std::ranges::fill(gradient, 0.0f);
            }
            ScalarRmsProp scalar{settings, start};
            for (float& weight : scalar.weights) {
                const int halvings = static_cast<int>(generator() % 38);
                weight = ScalarRmsProp::zero_below(std::ldexp(weight, -halvings), 0x1p-40f);
            }
            const std::vector<float> first = scalar.weights;
            for (const std::vector<float>& gradient : gradients) scalar.update(gradient, kScale);
            testing_support::with_each_simd([&] {
                for (const bool denormals_are_zero : {false, true}) {
                    std::optional<testing_support::DenormalsAreZero> mode;
                    if (denormals_are_zero) mode.emplace();
                    std::vector<float> weights = first;
                    Optimizer rmsprop(settings, size);
                    for (const std::vector<float>& gradient : gradients) rmsprop.update(weights, gradient, kScale, 1);
                    mode.reset();
                    EXPECT_EQ(bits_of(weights), bits_of(scalar.weights));
                    EXPECT_EQ(bits_of(rmsprop.moments()), bits_of(scalar.v));
                }
            });
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
