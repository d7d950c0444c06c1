#include "dropsweep/nn/mlp.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "naive_mlp.hpp"
#include "one_shard.hpp"

namespace dropsweep::nn {
namespace {

/// A random network, a batch for it and a dropout mask.
struct Problem {
    Architecture architecture;
    std::vector<float> weights;
    std::vector<float> x;
    std::vector<std::uint8_t> labels;
    std::vector<std::uint32_t> samples;
    std::vector<Dropout> dropout;
    std::vector<std::vector<double>> factors;

    Problem(Architecture shape, std::size_t rows, double rate, std::mt19937& generator)
        : architecture(std::move(shape)), weights(ParameterLayout(architecture).size()), x(rows * architecture.inputs) {
        const auto uniform = [&] { return static_cast<float>(generator()) * 0x1p-31f - 1.0f; };
        std::ranges::generate(weights, uniform);
        std::ranges::generate(x, uniform);
        for (std::size_t i = 0; i < rows; ++i) {
            labels.push_back(static_cast<std::uint8_t>(generator() % architecture.classes));
            samples.push_back(static_cast<std::uint32_t>(generator() % 60'000));
        }
        for (std::uint32_t layer = 0; layer < architecture.hidden.size(); ++layer) {
            dropout.emplace_back(rate, 1, layer, 2);
            factors.push_back(dropout_factors(dropout.back(), samples, architecture.hidden[layer]));
        }
    }

    NaivePass naive(std::span<const double> w) const {
        return naive_pass(architecture, w, std::vector<double>(x.begin(), x.end()), labels, factors);
    }
    NaivePass naive() const { return naive(std::vector<double>(weights.begin(), weights.end())); }

    void forward(Mlp& mlp) const {
        put_inputs(x, labels.size(), mlp);
        mlp.forward(weights, std::array{labels.size()}, dropout, samples);
    }
    core::Tally backward(Mlp& mlp, std::vector<float>& gradient) const {
        gradient.assign(weights.size(), std::numeric_limits<float>::quiet_NaN());
        forward(mlp);
        return backward_of_one_shard(mlp, weights, labels, dropout, gradient);
    }
};

Architecture random_architecture(std::mt19937& generator, std::size_t hidden_layers, std::size_t widest) {
    const auto width = [&](std::size_t least) { return least + generator() % (widest - least + 1); };
    Architecture architecture{width(1), {}, width(2)};
    for (std::size_t layer = 0; layer < hidden_layers; ++layer) architecture.hidden.push_back(width(1));
    return architecture;
}

std::string described(const Problem& problem, double rate) {
    return testing::PrintToString(problem.architecture.inputs) + " -> " +
           testing::PrintToString(problem.architecture.hidden) + " -> " +
           testing::PrintToString(problem.architecture.classes) + ", " + testing::PrintToString(problem.labels.size()) +
           " rows, rate " + testing::PrintToString(rate);
}

/// Runs `check(problem)` over random shapes with none to three hidden layers, with and without dropout.
template <class Check>
void for_random_problems(std::size_t widest, std::size_t most_rows, Check check) {
    std::mt19937 generator(1);
    for (std::size_t hidden_layers = 0; hidden_layers <= 3; ++hidden_layers) {
        for (const double rate : {0.0, 0.4}) {
            for (int repetition = 0; repetition < 3; ++repetition) {
                const Architecture architecture = random_architecture(generator, hidden_layers, widest);
                const Problem problem(architecture, 1 + generator() % most_rows, rate, generator);
                SCOPED_TRACE(described(problem, rate));
                check(problem, generator);
            }
        }
    }
}

// The tolerance is the running error bound that the naive twin computes beside each number.
TEST(Mlp, AgreesWithTheNaiveTwin) {
    for_random_problems(40, 20, [](const Problem& problem, std::mt19937&) {
        const NaivePass naive = problem.naive();
        Mlp mlp(problem.architecture, problem.labels.size());
        std::vector<float> gradient;
        const core::Tally tally = problem.backward(mlp, gradient);
        EXPECT_NEAR(tally.loss, naive.loss.value, naive.loss.error);
        EXPECT_EQ(tally.correct, naive.correct);
        for (std::size_t w = 0; w < gradient.size(); ++w) {
            ASSERT_NEAR(gradient[w], naive.gradient[w].value, naive.gradient[w].error) << "weight " << w;
        }
    });
}

// Central differences of the naive twin's loss, whose formula knows nothing of derivatives: float losses are too coarse
// for them. With step h the difference is wrong by h^2 / 6 times the third derivative, a few tens for these networks
// (weights and inputs below 1, at most six rows), and by 2^-53 loss / h: together less than 1e-8 for h = 1e-5. A unit
// whose z changes its sign within h has no derivative: batches where one comes near are left out.
TEST(Mlp, GradientIsTheDifferenceQuotientOfTheLoss) {
    constexpr double kStep = 1e-5;
    constexpr double kQuotientError = 1e-8;
    int checked = 0;
    for_random_problems(7, 6, [&](const Problem& problem, std::mt19937&) {
        const NaivePass naive = problem.naive();
        if (naive.nearest_kink < 100 * kStep) return;
        ++checked;
        Mlp mlp(problem.architecture, problem.labels.size());
        std::vector<float> gradient;
        problem.backward(mlp, gradient);
        std::vector<double> moved(problem.weights.begin(), problem.weights.end());
        for (std::size_t w = 0; w < moved.size(); ++w) {
            const double weight = moved[w];
            moved[w] = weight + kStep;
            const double above = problem.naive(moved).loss.value;
            moved[w] = weight - kStep;
            const double below = problem.naive(moved).loss.value;
            moved[w] = weight;
            ASSERT_NEAR(gradient[w], (above - below) / (2 * kStep), naive.gradient[w].error + kQuotientError)
                << "weight " << w;
        }
    });
    EXPECT_GE(checked, 16) << "too many batches of the 24 lie near a kink";
}

TEST(Mlp, EvaluateGivesTheTallyOfBackward) {
    for_random_problems(20, 10, [](const Problem& problem, std::mt19937&) {
        Mlp mlp(problem.architecture, problem.labels.size());
        problem.forward(mlp);
        const core::Tally evaluated = mlp.evaluate(problem.weights, problem.labels);
        std::vector<float> gradient;
        EXPECT_EQ(problem.backward(mlp, gradient), evaluated);
    });
}

TEST(Mlp, NoRowsGiveAZeroGradient) {
    std::mt19937 generator(1);
    const Problem problem({5, {4, 3}, 2}, 0, 0.4, generator);
    Mlp mlp(problem.architecture, 3);
    std::vector<float> gradient;
    EXPECT_EQ(problem.backward(mlp, gradient), core::Tally{});
    EXPECT_THAT(gradient, testing::Each(0.0f));
}

// A rank uses one Mlp for shards of different sizes: what an earlier, larger pass left behind must not show.
TEST(Mlp, EarlierPassesLeaveNoTrace) {
    std::mt19937 generator(2);
    const Architecture architecture{9, {8, 7}, 4};
    const Problem large(architecture, 12, 0.4, generator);
    const Problem small(architecture, 5, 0.4, generator);
    Mlp fresh(architecture, 12);
    std::vector<float> expected;
    const core::Tally expected_tally = small.backward(fresh, expected);
    Mlp used(architecture, 12);
    std::vector<float> gradient;
    large.backward(used, gradient);
    EXPECT_EQ(small.backward(used, gradient), expected_tally);
    EXPECT_EQ(gradient, expected);
}

TEST(Mlp, WithoutDropoutNoSamplesAreNeeded) {
    std::mt19937 generator(3);
    const Problem problem({9, {8, 7}, 4}, 6, 0.0, generator);
    Mlp mlp(problem.architecture, 6);
    std::vector<float> with_rate_zero;
    const core::Tally tally = problem.backward(mlp, with_rate_zero);
    std::vector<float> gradient(problem.weights.size());
    put_inputs(problem.x, 6, mlp);
    mlp.forward(problem.weights, std::array<std::size_t, 1>{6}, {}, {});
    EXPECT_EQ(backward_of_one_shard(mlp, problem.weights, problem.labels, {}, gradient), tally);
    EXPECT_EQ(gradient, with_rate_zero);
}

}  // namespace
}  // namespace dropsweep::nn
