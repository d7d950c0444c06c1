// Each update rule beside its formula in double, and bit by bit beside scalar operations.
#include "dropsweep/optim/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../support/denormals_are_zero.hpp"
#include "../support/each_kernel.hpp"
#include "../support/random_values.hpp"

namespace dropsweep::optim {
namespace {

using testing_support::bits_of;
using testing_support::uniform;

constexpr float kScale = 1.0f / 128;
constexpr Rule kRules[] = {Rule::rmsprop, Rule::adam, Rule::sgd};

/// The formulas of rmsprop.cpp, adam.cpp and sgd.cpp in double.
struct Naive {
    Settings settings;
    std::vector<double> weights;
    std::vector<double> m = std::vector<double>(weights.size());
    std::vector<double> v = m;

    void update(std::span<const float> gradient, double scale, int step) {
        const double correction = std::sqrt(1 - std::pow(settings.beta_2, step));
        const double rate = settings.learning_rate * correction / (1 - std::pow(settings.beta_1, step));
        const double epsilon = settings.epsilon * (settings.epsilon_after_correction ? correction : 1);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double g = gradient[i] * scale;
            if (settings.rule == Rule::sgd) {
                m[i] = settings.momentum * m[i] - settings.learning_rate * g;
                weights[i] += m[i];
            } else if (settings.rule == Rule::rmsprop) {
                v[i] = settings.rho * v[i] + (1 - settings.rho) * g * g;
                const double root = settings.epsilon_in_root ? std::sqrt(v[i] + epsilon) : std::sqrt(v[i]) + epsilon;
                weights[i] -= settings.learning_rate * g / root;
            } else {
                m[i] = settings.beta_1 * m[i] + (1 - settings.beta_1) * g;
                v[i] = settings.beta_2 * v[i] + (1 - settings.beta_2) * g * g;
                weights[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
            }
        }
    }
};

// With u = 2^-24, the rounding error of one operation.
//
// RMSprop: v is a sum of positive terms. A term of age a has seen a + 5 roundings (g, g^2, 1 - rho, product, sum, then
// a product and a sum with the rounded rho for each step: 3 a), and its share of v is 0.1 * 0.9^a, so v is wrong by (5
// + 3 * 9) u = 32 u in the mean; its root by 16 u, the step by 16 u plus 6 u of its own operations. A step is at most
// learning_rate / sqrt(1 - rho) = 3.2e-3, and 50 of them move a weight by 0.16; the subtraction rounds by
// u |w| < 1.16 u each. Together 50 * (3.2e-3 * 22 + 1.16) u < 62 u. With rho = 0.5 v is wrong by (5 + 3) u and the step
// by 10 u of at most 0.01 / sqrt(0.5) = 0.015; 50 * (0.015 * 10 + 1.75) u < 100 u.
//
// Adam: m is a sum of terms of either sign, at most 1 / 128 each, with 4 roundings a step that fade like beta_1: at
// most 40 u / 128. v likewise has 1,000 steps of memory, of which 50 have been: 4 * 50 u = 200 u of itself, its root
// 100 u. |m| is at most 10 root(v) here, and a step at most 0.01: 50 * 0.01 * (40 * 10 + 100 + 5) u; the subtraction
// rounds by u |w| < 1.5 u each. SGD: m is at most 10 * 0.01 / 128, with 3 roundings a step that fade like the momentum.
TEST(Optimizer, FollowsItsFormulaForFiftySteps) {
    struct Case {
        Settings settings;
        double roundings;  ///< of u
        float scale = kScale;
        std::size_t size = 1003;  ///< no multiple of a vector register
    };
    const Case cases[] = {
        {{}, 62},
        {{.epsilon_in_root = false}, 62},
        {{.learning_rate = 0.01, .rho = 0.5, .epsilon = 0.25}, 100, 1, 20},
        {{.learning_rate = 0.01, .rho = 0.5, .epsilon = 0.25, .epsilon_in_root = false}, 100, 1, 20},
        {{.rule = Rule::adam}, 400},
        {{.epsilon = 1e-3, .rule = Rule::adam, .epsilon_after_correction = true}, 400},
        {{.learning_rate = 0.01, .epsilon = 1e-3, .rule = Rule::adam, .beta_1 = 0.5, .beta_2 = 0.9}, 400},
        {{.learning_rate = 0.01, .rule = Rule::sgd}, 400},
        {{.learning_rate = 0.01, .rule = Rule::sgd, .momentum = 0.9}, 400},
    };
    for (const auto& [settings, roundings, scale, size] : cases) {
        SCOPED_TRACE(to_string(settings.rule));
        std::mt19937 generator(1);
        std::vector<float> weights = uniform(generator, size);
        Naive naive{settings, {weights.begin(), weights.end()}};
        Optimizer optimizer(settings, size);
        for (int step = 1; step <= 50; ++step) {
            const std::vector<float> gradient = uniform(generator, size);
            EXPECT_TRUE(optimizer.update(weights, gradient, scale, static_cast<std::uint64_t>(step)));
            naive.update(gradient, scale, step);
        }
        for (std::size_t i = 0; i < size; ++i) ASSERT_NEAR(weights[i], naive.weights[i], roundings * 0x1p-24) << i;
    }
}

/// docs/arithmetic.md in scalar operations.
struct Scalar {
    Settings settings;
    std::vector<float> weights;
    std::vector<float> m = std::vector<float>(weights.size());
    std::vector<float> v = m;

    static float zero_below(float value, float least) { return std::abs(value) < least ? 0.0f : value; }

    void update(const std::vector<float>& gradient, float scale, std::uint64_t step) {
        // Powers of powers of two are exact, whichever way they are made.
        const double correction = std::sqrt(1 - std::pow(settings.beta_2, step));
        const bool is_adam = settings.rule == Rule::adam;
        const auto rate =
            static_cast<float>(is_adam ? settings.learning_rate * correction / (1 - std::pow(settings.beta_1, step))
                                       : settings.learning_rate);
        const auto epsilon = static_cast<float>(settings.epsilon);
        const auto rho = static_cast<float>(settings.rho), rest = static_cast<float>(1 - settings.rho);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const float scaled = gradient[i] * scale;
            if (settings.rule == Rule::sgd) {
                const float change = zero_below(rate * scaled, 0x1p-100f);
                m[i] = zero_below(std::fma(static_cast<float>(settings.momentum), m[i], -change), 0x1p-75f);
                if (m[i] != 0) weights[i] = zero_below(weights[i] + m[i], 0x1p-40f);
                continue;
            }
            const bool counts = !(scaled * scaled < 0x1p-100f);
            const float g = counts ? scaled : 0, square = counts ? scaled * scaled : 0;
            if (is_adam) {
                m[i] = zero_below(std::fma(static_cast<float>(1 - settings.beta_1), g - m[i], m[i]), 0x1p-75f);
                v[i] = zero_below(std::fma(static_cast<float>(1 - settings.beta_2), square - v[i], v[i]), 0x1p-100f);
                if (m[i] == 0 || v[i] == 0) continue;
                weights[i] = zero_below(weights[i] - rate * m[i] / (std::sqrt(v[i]) + epsilon), 0x1p-40f);
            } else {
                v[i] = zero_below(counts ? std::fma(rho, v[i], rest * square) : rho * v[i], 0x1p-100f);
                if (!counts || v[i] == 0) continue;
                const float root = settings.epsilon_in_root ? std::sqrt(v[i] + epsilon) : std::sqrt(v[i]) + epsilon;
                weights[i] = zero_below(weights[i] - (rate * g) / root, 0x1p-40f);
            }
        }
    }
    /// As Optimizer::moments.
    std::vector<float> moments() const {
        std::vector<float> all = settings.rule == Rule::rmsprop ? v : m;
        if (settings.rule == Rule::adam) all.insert(all.end(), v.begin(), v.end());
        return all;
    }
};

/// Gradients of all sizes, from such that become zero to such whose square is tiny and ordinary ones; steps that leave
/// next to nothing of a weight, then steps without gradient in which the moments fade. By the kernels of every
/// instruction set, with whole vectors and what is left, and whatever the CPU does with denormal numbers.
TEST(Optimizer, HasTheBitsOfScalarOperations) {
    for (const std::size_t size : {1u, 3u, 16u, 37u, 200u}) {
        for (const Settings& settings :
             {Settings{}, Settings{.rho = 0.5, .epsilon = 0}, Settings{.epsilon = 1e-8, .epsilon_in_root = false},
              Settings{.learning_rate = 1e-12, .rho = 0.99, .epsilon = 0, .epsilon_in_root = false},
              Settings{.rule = Rule::adam, .beta_1 = 0.5, .beta_2 = 0.5},
              Settings{.epsilon = 0, .rule = Rule::adam, .beta_1 = 0.5, .beta_2 = 0.25},
              Settings{.learning_rate = 1e-12, .epsilon = 0, .rule = Rule::adam, .beta_1 = 0.5, .beta_2 = 0.125},
              Settings{.rule = Rule::sgd}, Settings{.learning_rate = 1e-12, .rule = Rule::sgd, .momentum = 0.9}}) {
            std::mt19937 generator(6);
            Scalar scalar{settings, uniform(generator, size)};
            std::vector<std::vector<float>> gradients;
            for (int step = 0; step < 90; ++step) {
                std::vector<float>& gradient = gradients.emplace_back(uniform(generator, size));
                for (float& g : gradient) g = std::ldexp(g, -static_cast<int>(generator() % 60));
                if (step % 3 == 2 || step >= 30) std::ranges::fill(gradient, 0.0f);
            }
            for (float& weight : scalar.weights) {
                const int halvings = static_cast<int>(generator() % 38);
                weight = Scalar::zero_below(std::ldexp(weight, -halvings), 0x1p-40f);
            }
            const std::vector<float> first = scalar.weights;
            for (std::size_t step = 0; step < gradients.size(); ++step) {
                scalar.update(gradients[step], kScale, step + 1);
            }
            testing_support::with_each_simd([&] {
                for (const bool denormals_are_zero : {false, true}) {
                    std::optional<testing_support::DenormalsAreZero> mode;
                    if (denormals_are_zero) mode.emplace();
                    std::vector<float> weights = first;
                    Optimizer optimizer(settings, size);
                    for (std::size_t step = 0; step < gradients.size(); ++step) {
                        optimizer.update(weights, gradients[step], kScale, step + 1);
                    }
                    mode.reset();
                    EXPECT_EQ(bits_of(weights), bits_of(scalar.weights)) << to_string(settings.rule);
                    EXPECT_EQ(bits_of(optimizer.moments()), bits_of(scalar.moments())) << to_string(settings.rule);
                }
            });
        }
    }
}

/// In every place of a vector and of what is left of the slice.
TEST(Optimizer, SaysWhereAWeightIsNotFinite) {
    constexpr std::size_t kSize = 37;
    constexpr float kMax = std::numeric_limits<float>::max();
    testing_support::with_each_simd([] {
        for (std::size_t at = 0; at < kSize; ++at) {
            for (const Rule rule : kRules) {
                const auto is_finite = [&](float weight, float gradient, double rate) {
                    std::vector<float> weights(kSize, 1.0f);
                    std::vector<float> gradients(kSize, 0.5f);
                    weights[at] = weight;
                    gradients[at] = gradient;
                    return Optimizer({.learning_rate = rate, .rule = rule}, kSize).update(weights, gradients, 1.0f, 1);
                };
                EXPECT_TRUE(is_finite(1, 1, 0.001));
                EXPECT_TRUE(is_finite(-kMax, 1, 0.001));
                EXPECT_FALSE(is_finite(INFINITY, 1, 0.001)) << at;
                EXPECT_FALSE(is_finite(-INFINITY, 1, 0.001)) << at;
                EXPECT_FALSE(is_finite(std::nanf(""), 1, 0.001)) << at;
                EXPECT_FALSE(is_finite(1, std::nanf(""), 0.001)) << at;
                EXPECT_FALSE(is_finite(-kMax, 1, 1e38)) << at;
            }
        }
    });
}

TEST(Optimizer, NarrowsTheNewWeights) {
    std::mt19937 generator(7);
    for (const std::size_t size : {1u, 16u, 37u}) {
        const std::vector<float> gradient = uniform(generator, size);
        const std::vector<float> before = uniform(generator, size);
        for (const Rule rule : kRules)
            testing_support::with_each_simd([&] {
                std::vector<float> weights = before;
                std::vector<linalg::BFloat16> narrowed(size + 1);
                Optimizer({.rule = rule}, size).update(weights, gradient, kScale, 1, std::span(narrowed).first(size));
                std::vector<linalg::BFloat16> expected(size + 1);
                linalg::narrow(std::span<const float>(weights), std::span(expected).first(size));
                EXPECT_EQ(narrowed, expected);
            });
    }
}

// The promise behind the reduce-scatter: however the ranks cut the buffer, the bits are those of the whole.
TEST(Optimizer, SlicesGiveTheBitsOfTheWhole) {
    constexpr std::size_t kSize = 1003;
    for (const std::vector<std::size_t>& cuts :
         {std::vector<std::size_t>{0, 501, kSize}, {0, 1, 2, 5, 6, 23, 24, 40, 999, kSize}, {0, 0, 335, 670, kSize}}) {
        for (const Rule rule : kRules) {
            const Settings settings{.rule = rule, .momentum = 0.9};
            std::mt19937 generator(4);
            std::vector<float> whole = uniform(generator, kSize);
            std::vector<float> sliced = whole;
            Optimizer of_whole(settings, kSize);
            std::vector<Optimizer> of_slice;
            for (std::size_t s = 0; s + 1 < cuts.size(); ++s) of_slice.emplace_back(settings, cuts[s + 1] - cuts[s]);
            for (std::uint64_t step = 1; step <= 20; ++step) {
                const std::vector<float> gradient = uniform(generator, kSize);
                of_whole.update(whole, gradient, kScale, step);
                for (std::size_t s = 0; s < of_slice.size(); ++s) {
                    const std::size_t size = cuts[s + 1] - cuts[s];
                    of_slice[s].update(std::span(sliced).subspan(cuts[s], size),
                                       std::span(gradient).subspan(cuts[s], size), kScale, step);
                }
            }
            EXPECT_EQ(sliced, whole);
        }
    }
}

}  // namespace
}  // namespace dropsweep::optim
