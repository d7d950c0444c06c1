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

/// Every element of `values` to the nearest bfloat16.
std::vector<float> narrowed(const std::vector<float>& values) {
    std::vector<float> result;
    for (const float value : values) {
        core::BFloat16 narrow_value;
        core::narrow(value, narrow_value);
        result.push_back(core::widen(narrow_value));
    }
    return result;
}

std::vector<core::BFloat16> as_bfloat16(const std::vector<float>& values) {
    std::vector<core::BFloat16> result(values.size());
    core::narrow(values, result);
    return result;
}

constexpr core::Arithmetic kBf16{core::Precision::bf16, core::Gemm::own};

// Weights and inputs are numbers that bfloat16 holds. Then each rounding on the way is one to bfloat16 at most.
TEST(Mlp, AgreesWithTheNaiveTwinInBfloat16) {
    if (!core::has_onednn()) GTEST_SKIP() << "built without oneDNN";
    std::size_t coarse = 0;
    std::size_t all = 0;
    for_random_problems(5, 3, [&](Problem problem, std::mt19937&) {
        problem.weights = narrowed(problem.weights);
        problem.x = narrowed(problem.x);
        const NaivePass naive =
            naive_pass(problem.architecture, std::vector<double>(problem.weights.begin(), problem.weights.end()),
                       std::vector<double>(problem.x.begin(), problem.x.end()), problem.labels, problem.factors,
                       kBFloat16Rounding);
        Mlp mlp(problem.architecture, problem.labels.size(), kBf16);
        const std::vector<core::BFloat16> weights = as_bfloat16(problem.weights);
        put_inputs(problem.x, problem.labels.size(), mlp);
        mlp.forward(std::span<const core::BFloat16>(weights), std::array{problem.labels.size()}, problem.dropout,
                    problem.samples);
        std::vector<float> gradient(weights.size(), std::nanf(""));
        const core::Tally tally = backward_of_one_shard(mlp, std::span<const core::BFloat16>(weights), problem.labels,
                                                        problem.dropout, gradient);
        EXPECT_NEAR(tally.loss, naive.loss.value, naive.loss.error);
        for (std::size_t w = 0; w < gradient.size(); ++w) {
            ASSERT_NEAR(gradient[w], naive.gradient[w].value, naive.gradient[w].error) << "weight " << w;
            ++all;
            coarse += naive.gradient[w].error > 0.5 * std::abs(naive.gradient[w].value) ? 1 : 0;
        }
    });
    EXPECT_LT(coarse, all * 3 / 4) << "bounds that wide would let anything pass";
}

/// The gradients of a run of shards, one for each node that the run ends with, and the shards' tallies.
struct RunResult {
    std::vector<std::vector<float>> sums;
    std::vector<core::Tally> tallies;
    bool operator==(const RunResult&) const = default;
};

/// A pass over the shards `run` of the problem's rows, cut into `shards`.
template <class Weight>
RunResult pass_over(const Problem& problem, const std::vector<Weight>& weights, const core::Arithmetic& arithmetic,
                    std::size_t shards, core::Range run) {
    const std::size_t rows = problem.labels.size();
    const core::Range own{core::part_of(rows, shards, run.begin).begin, core::part_of(rows, shards, run.end - 1).end};
    std::vector<std::size_t> shard_rows;
    for (std::size_t s = run.begin; s < run.end; ++s) shard_rows.push_back(core::part_of(rows, shards, s).size());
    Mlp mlp(problem.architecture, rows, arithmetic, shards);
    const std::size_t inputs = problem.architecture.inputs;
    put_inputs(std::span(problem.x).subspan(own.begin * inputs, own.size() * inputs), own.size(), mlp);
    const std::span<const Weight> flat(weights);
    mlp.forward(flat, shard_rows, problem.dropout, std::span(problem.samples).subspan(own.begin, own.size()));
    const core::RunMerge merge(shards, run);
    RunResult result;
    result.sums.assign(merge.nodes.size(), std::vector<float>(weights.size(), std::nanf("")));
    result.tallies.resize(run.size());
    const std::vector<std::span<float>> sums(result.sums.begin(), result.sums.end());
    std::vector<std::size_t> done;
    mlp.backward(flat, std::span(problem.labels).subspan(own.begin, own.size()), problem.dropout,
                 {merge, sums, [&](std::size_t layer) { done.push_back(layer); }}, result.tallies);
    EXPECT_EQ(done, (std::vector<std::size_t>{2, 1, 0}));
    return result;
}

template <class Weight>
void expect_shards_do_not_see_each_other(const Problem& problem, const std::vector<Weight>& weights,
                                         const core::Arithmetic& arithmetic) {
    constexpr std::size_t kShards = 5;
    std::vector<RunResult> alone;
    for (std::size_t s = 0; s < kShards; ++s) {
        alone.push_back(pass_over(problem, weights, arithmetic, kShards, {s, s + 1}));
    }
    for (std::size_t begin = 0; begin < kShards; ++begin) {
        for (std::size_t end = begin + 1; end <= kShards; ++end) {
            const core::RunMerge merge(kShards, {begin, end});
            RunResult expected;
            expected.sums.resize(merge.slots);
            for (std::size_t s = begin; s < end; ++s) {
                expected.tallies.push_back(alone[s].tallies.front());
                expected.sums[merge.leaves[s - begin].slot] = alone[s].sums.front();
                for (const auto [into, from] : merge.leaves[s - begin].additions) {
                    for (std::size_t w = 0; w < weights.size(); ++w) expected.sums[into][w] += expected.sums[from][w];
                }
            }
            expected.sums.resize(merge.nodes.size());
            EXPECT_EQ(pass_over(problem, weights, arithmetic, kShards, {begin, end}), expected)
                << "shards " << begin << " to " << end;
        }
    }
}

// 300 inputs: three panels. 43 rows: shards of 9 and 8.
TEST(Mlp, ShardsOfOnePassDoNotSeeEachOther) {
    std::mt19937 generator(4);
    const Problem problem({300, {140, 20}, 10}, 43, 0.4, generator);
    expect_shards_do_not_see_each_other(problem, problem.weights, {});
    if (!core::has_onednn()) GTEST_SKIP() << "built without oneDNN";
    expect_shards_do_not_see_each_other(problem, as_bfloat16(problem.weights), kBf16);
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
