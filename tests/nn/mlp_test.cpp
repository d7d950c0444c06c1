// The network beside its naive twin, difference quotients, and its own leaves one by one.
#include "dropsweep/nn/mlp.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/system/features.hpp"

#include "../support/each_kernel.hpp"
#include "../support/random_values.hpp"
#include "naive_mlp.hpp"
#include "one_leaf.hpp"

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
        : architecture(std::move(shape)),
          weights(testing_support::uniform(generator, ParameterLayout(architecture).size())),
          x(testing_support::uniform(generator, rows * architecture.inputs)) {
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

    template <class Products>
    void forward(OneLeaf<Products>& mlp) const {
        mlp.forward(weights, x, labels.size(), dropout, samples);
    }
    template <class Products>
    linalg::LossAndCorrect backward(OneLeaf<Products>& mlp, std::vector<float>& gradient) const {
        gradient.assign(weights.size(), std::numeric_limits<float>::quiet_NaN());
        forward(mlp);
        return mlp.backward(labels, dropout, gradient);
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

template <class Products>
class MlpInFloat : public testing::Test {
  protected:
    static void SetUpTestSuite() { linalg::start_blas(); }
};
using FloatKinds = testing::Types<linalg::SparseProducts, linalg::DenseProducts<float>>;
TYPED_TEST_SUITE(MlpInFloat, FloatKinds);

// The tolerance is the running error bound that the naive twin computes beside each number.
TYPED_TEST(MlpInFloat, AgreesWithTheNaiveTwin) {
    for_random_problems(40, 20, [](const Problem& problem, std::mt19937&) {
        const NaivePass naive = problem.naive();
        OneLeaf<TypeParam> mlp(problem.architecture, problem.labels.size());
        std::vector<float> gradient;
        const linalg::LossAndCorrect loss_and_correct = problem.backward(mlp, gradient);
        EXPECT_NEAR(loss_and_correct.loss, naive.loss.value, naive.loss.error);
        EXPECT_EQ(loss_and_correct.correct, naive.correct);
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
        OneLeaf<> mlp(problem.architecture, problem.labels.size());
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

TEST(Mlp, EvaluateGivesTheLossOfBackward) {
    for_random_problems(20, 10, [](const Problem& problem, std::mt19937&) {
        for (const Loss loss : {Loss::clipped_probabilities, Loss::from_logits}) {
            OneLeaf<> mlp(problem.architecture, problem.labels.size(), loss);
            problem.forward(mlp);
            const linalg::LossAndCorrect evaluated = mlp.evaluate(problem.labels);
            std::vector<float> gradient;
            EXPECT_EQ(problem.backward(mlp, gradient), evaluated);
        }
    });
}

/// Large weights, so that all probabilities are clipped, most of them of wrong predictions.
TEST(Mlp, LossIsTheOneAskedFor) {
    std::mt19937 generator(5);
    Problem problem({9, {8, 7}, 4}, 6, 0.4, generator);
    for (float& weight : problem.weights) weight *= 1000;
    std::vector<float> gradient;
    OneLeaf<> clipped(problem.architecture, 6, Loss::clipped_probabilities);
    EXPECT_LT(problem.backward(clipped, gradient).loss, 6 * 16.2);
    EXPECT_THAT(gradient, testing::Each(0.0f));
    OneLeaf<> from_logits(problem.architecture, 6, Loss::from_logits);
    EXPECT_GT(problem.backward(from_logits, gradient).loss, 1000);
    EXPECT_THAT(gradient, testing::Contains(testing::Ne(0.0f)));
}

/// Every element of `values` to the nearest bfloat16.
std::vector<float> narrowed(const std::vector<float>& values) {
    std::vector<float> result;
    for (const float value : values) {
        linalg::BFloat16 narrow_value;
        linalg::narrow(value, narrow_value);
        result.push_back(linalg::widen(narrow_value));
    }
    return result;
}

// Weights and inputs are numbers that bfloat16 holds. Then each rounding on the way is one to bfloat16 at most.
TEST(Mlp, AgreesWithTheNaiveTwinInBfloat16) {
    if (!system::has_feature("onednn")) GTEST_SKIP() << "built without oneDNN";
    std::size_t coarse = 0;
    std::size_t all = 0;
    for_random_problems(5, 3, [&](Problem problem, std::mt19937&) {
        problem.weights = narrowed(problem.weights);
        problem.x = narrowed(problem.x);
        const NaivePass naive =
            naive_pass(problem.architecture, std::vector<double>(problem.weights.begin(), problem.weights.end()),
                       std::vector<double>(problem.x.begin(), problem.x.end()), problem.labels, problem.factors,
                       kBFloat16Rounding);
        OneLeaf<linalg::DenseProducts<linalg::BFloat16>> mlp(problem.architecture, problem.labels.size());
        std::vector<float> gradient;
        const linalg::LossAndCorrect loss_and_correct = problem.backward(mlp, gradient);
        EXPECT_NEAR(loss_and_correct.loss, naive.loss.value, naive.loss.error);
        for (std::size_t w = 0; w < gradient.size(); ++w) {
            ASSERT_NEAR(gradient[w], naive.gradient[w].value, naive.gradient[w].error) << "weight " << w;
            ++all;
            coarse += naive.gradient[w].error > 0.5 * std::abs(naive.gradient[w].value) ? 1 : 0;
        }
    });
    EXPECT_LT(coarse, all * 3 / 4) << "bounds that wide would let anything pass";
}

/// The gradients of a run of leaves, one for each node that the run ends with, and the leaves' losses.
struct RunResult {
    std::vector<std::vector<float>> sums;
    std::vector<linalg::LossAndCorrect> losses;
    bool operator==(const RunResult&) const = default;
};

/// A pass over the leaves `run` of the problem's rows, cut into `leaves`.
template <class Products>
RunResult pass_over(const Problem& problem, std::size_t leaves, linalg::Range run) {
    const std::size_t rows = problem.labels.size();
    const linalg::Range own{linalg::part_of(rows, leaves, run.begin).begin,
                            linalg::part_of(rows, leaves, run.end - 1).end};
    std::vector<std::size_t> leaf_rows;
    for (std::size_t l = run.begin; l < run.end; ++l) leaf_rows.push_back(linalg::part_of(rows, leaves, l).size());
    Mlp<Products> mlp(problem.architecture, rows, Loss::clipped_probabilities);
    const auto weights = padded_weights(problem.architecture, mlp, problem.weights);
    const std::size_t inputs = problem.architecture.inputs;
    put_inputs(std::span(problem.x).subspan(own.begin * inputs, own.size() * inputs), own.size(), mlp);
    mlp.forward(weights.span(), leaf_rows, problem.dropout, std::span(problem.samples).subspan(own.begin, own.size()));
    const linalg::LocalReductionPlan plan(leaves, run);
    std::vector<linalg::FloatBuffer> padded;
    std::vector<std::span<float>> sums;
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        padded.emplace_back(mlp.layout().size());
        sums.push_back(padded.back().span());
    }
    RunResult result;
    result.losses.resize(run.size());
    std::vector<std::size_t> done;
    mlp.backward(weights.span(), std::span(problem.labels).subspan(own.begin, own.size()), problem.dropout,
                 {plan, sums, [&](std::size_t layer) { done.push_back(layer); }}, result.losses);
    EXPECT_EQ(done, (std::vector<std::size_t>{2, 1, 0}));
    const ParameterLayout dense(problem.architecture);
    for (const std::span<float> sum : sums) {
        copy_parameters(mlp.layout(), sum, dense, result.sums.emplace_back(dense.size()));
    }
    return result;
}

template <class Products>
class MlpLeaves : public testing::Test {
  protected:
    static void SetUpTestSuite() { linalg::start_blas(); }
};
using Kinds =
    testing::Types<linalg::SparseProducts, linalg::DenseProducts<float>, linalg::DenseProducts<linalg::BFloat16>>;
TYPED_TEST_SUITE(MlpLeaves, Kinds);

// 300 inputs: three panels. 43 rows: leaves of 9 and 8.
TYPED_TEST(MlpLeaves, OfOnePassDoNotSeeEachOther) {
    if (std::is_same_v<typename TypeParam::Element, linalg::BFloat16> && !system::has_feature("onednn")) {
        GTEST_SKIP() << "built without oneDNN";
    }
    constexpr std::size_t kLeaves = 5;
    std::mt19937 generator(4);
    const Problem problem({300, {140, 20}, 10}, 43, 0.4, generator);
    std::vector<RunResult> alone;
    for (std::size_t l = 0; l < kLeaves; ++l) alone.push_back(pass_over<TypeParam>(problem, kLeaves, {l, l + 1}));
    for (std::size_t begin = 0; begin < kLeaves; ++begin) {
        for (std::size_t end = begin + 1; end <= kLeaves; ++end) {
            const linalg::LocalReductionPlan plan(kLeaves, {begin, end});
            RunResult expected;
            expected.sums.resize(plan.slots);
            for (std::size_t l = begin; l < end; ++l) {
                expected.losses.push_back(alone[l].losses.front());
                expected.sums[plan.leaves[l - begin].slot] = alone[l].sums.front();
                for (const auto [into, from] : plan.leaves[l - begin].additions) {
                    std::vector<float>& sum = expected.sums[into];
                    for (std::size_t w = 0; w < sum.size(); ++w) sum[w] += expected.sums[from][w];
                }
            }
            expected.sums.resize(plan.nodes.size());
            EXPECT_TRUE(pass_over<TypeParam>(problem, kLeaves, {begin, end}) == expected)
                << "leaves " << begin << " to " << end;
        }
    }
}

/// Rows whose pixels are zeros, units that were dropped and cut off: leaving them out changes no bit.
TEST(Mlp, KernelsAgree) {
    std::mt19937 generator(8);
    Problem problem({70, {65, 20}, 10}, 37, 0.6, generator);
    for (float& x : problem.x) x = std::max(x, 0.0f);
    const RunResult expected = pass_over<linalg::SparseProducts>(problem, 5, {0, 5});
    testing_support::with_each_kernel([&] {
        EXPECT_TRUE(pass_over<linalg::SparseProducts>(problem, 5, {0, 5}) == expected);
    });
}

TEST(Mlp, NoRowsGiveAZeroGradient) {
    std::mt19937 generator(1);
    const Problem problem({5, {4, 3}, 2}, 0, 0.4, generator);
    OneLeaf<> mlp(problem.architecture, 3);
    std::vector<float> gradient;
    EXPECT_EQ(problem.backward(mlp, gradient), linalg::LossAndCorrect{});
    EXPECT_THAT(gradient, testing::Each(0.0f));
}

// A rank uses one Mlp for batches of different sizes: what an earlier, larger pass left behind must not show.
TEST(Mlp, EarlierPassesLeaveNoTrace) {
    std::mt19937 generator(2);
    const Architecture architecture{9, {8, 7}, 4};
    const Problem large(architecture, 12, 0.4, generator);
    const Problem small(architecture, 5, 0.4, generator);
    OneLeaf<> fresh(architecture, 12);
    std::vector<float> expected;
    const linalg::LossAndCorrect expected_loss = small.backward(fresh, expected);
    OneLeaf<> used(architecture, 12);
    std::vector<float> gradient;
    large.backward(used, gradient);
    EXPECT_EQ(small.backward(used, gradient), expected_loss);
    EXPECT_EQ(gradient, expected);
}

TEST(Mlp, WithoutDropoutNoSamplesAreNeeded) {
    std::mt19937 generator(3);
    const Problem problem({9, {8, 7}, 4}, 6, 0.0, generator);
    OneLeaf<> mlp(problem.architecture, 6);
    std::vector<float> with_rate_zero;
    const linalg::LossAndCorrect loss_and_correct = problem.backward(mlp, with_rate_zero);
    std::vector<float> gradient(problem.weights.size());
    mlp.forward(problem.weights, problem.x, 6, {}, {});
    EXPECT_EQ(mlp.backward(problem.labels, {}, gradient), loss_and_correct);
    EXPECT_EQ(gradient, with_rate_zero);
}

}  // namespace
}  // namespace dropsweep::nn
