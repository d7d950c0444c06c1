#include "dropsweep/nn/softmax_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dropsweep::nn {
namespace {

/// Both functions of the header on the same rows; they have to agree on the tally.
struct Result {
    core::Tally tally;
    std::vector<float> gradient;
    std::vector<float> dbias;
};

Result run(const std::vector<float>& products, const std::vector<float>& bias,
           const std::vector<std::uint8_t>& labels) {
    const std::size_t classes = bias.size();
    Result result{{}, products, std::vector<float>(classes, 99.0f)};
    result.tally =
        softmax_cross_entropy_gradient({result.gradient.data(), labels.size(), classes}, bias, labels, result.dbias);
    const core::ConstMatrix logits(products.data(), labels.size(), classes);
    EXPECT_EQ(softmax_cross_entropy(logits, bias, labels), result.tally);
    return result;
}

TEST(SoftmaxCrossEntropy, UniformLogitsGiveTheLogarithmOfTheClasses) {
    for (const std::size_t classes : {2u, 10u, 256u}) {
        const Result result = run(std::vector<float>(3 * classes, 0.75f), std::vector<float>(classes), {0, 1, 1});
        // The exponentials are 1, their sum is exact: only the logarithm rounds, in double.
        EXPECT_DOUBLE_EQ(result.tally.loss, 3 * std::log(static_cast<double>(classes)));
        EXPECT_EQ(result.tally.correct, 1);  // the first of equals is class 0
        EXPECT_EQ(result.gradient[2], 1.0f / static_cast<float>(classes));
    }
}

TEST(SoftmaxCrossEntropy, HugeLogitsAreShifted) {
    const Result right = run({1000, 0, -1000}, {0, 0, 0}, {0});
    EXPECT_EQ(right.tally, (core::Tally{0.0, 1}));
    EXPECT_EQ(right.gradient, (std::vector<float>{0, 0, 0}));
    const Result wrong = run({1000, 0, -1000}, {0, 0, 0}, {2});
    EXPECT_EQ(wrong.tally, (core::Tally{2000.0, 0}));
    EXPECT_EQ(wrong.gradient, (std::vector<float>{1, 0, -1}));
    const Result all = run({1000, 1000, -1000, -1000}, {0, 0}, {1, 0});
    EXPECT_DOUBLE_EQ(all.tally.loss, 2 * std::log(2.0));
}

TEST(SoftmaxCrossEntropy, CountsTheFirstOfEqualLogits) {
    EXPECT_EQ(run({1, 3, 3, 2}, {0, 0, 0, 0}, {1}).tally.correct, 1);
    EXPECT_EQ(run({1, 3, 3, 2}, {0, 0, 0, 0}, {2}).tally.correct, 0);
    EXPECT_EQ(run({1, 3, 3, 4}, {0, 0, 0, 0}, {3}).tally.correct, 1);
}

TEST(SoftmaxCrossEntropy, BiasIsAddedBeforeAnythingElse) {
    EXPECT_EQ(run({1, 2}, {4, 0}, {0}).tally.correct, 1);
    EXPECT_EQ(run({5, 2}, {0, 0}, {0}).tally, run({1, 2}, {4, 0}, {0}).tally);
}

TEST(SoftmaxCrossEntropy, NoRowsGiveNothing) {
    const Result result = run({}, {0, 0, 0}, {});
    EXPECT_EQ(result.tally, core::Tally{});
    EXPECT_EQ(result.dbias, std::vector<float>(3, 0.0f));
}

TEST(SoftmaxCrossEntropy, NotANumberIsNotHidden) {
    const std::vector<float> bias(3);
    for (const float strange : {std::nanf(""), INFINITY}) {
        for (std::size_t at = 0; at < 3; ++at) {
            std::vector<float> products = {1, 2, 3};
            products[at] = strange;
            const std::vector<std::uint8_t> label = {0};
            std::vector<float> dbias(3);
            const core::Matrix logits(products.data(), 1, 3);
            EXPECT_FALSE(std::isfinite(softmax_cross_entropy(logits, bias, label).loss)) << strange << " at " << at;
            EXPECT_FALSE(std::isfinite(softmax_cross_entropy_gradient(logits, bias, label, dbias).loss));
        }
    }
}

// With u = 2^-24: a logit rounds once, by u |z| <= 8 u; the shifted one again, by 16 u; the exponential by 2 u. An
// exponential is wrong by less than 8 + 8 + 16 + 2 = 34 u of itself, their sum too. So a row's loss is wrong by less
// than 34 u + (8 + 8) u = 50 u, a probability p by 68 u p, with the division, the conversion and the subtraction of
// the one 71 u; a column sum over the rows adds rows^2 / 2 u.
TEST(SoftmaxCrossEntropy, IsTheFormula) {
    constexpr double kU = 0x1p-24;
    std::mt19937 generator(1);
    for (const std::size_t classes : {2u, 3u, 10u, 17u, 256u}) {
        for (const std::size_t rows : {1u, 5u, 32u}) {
            SCOPED_TRACE(testing::Message() << classes << " classes, " << rows << " rows");
            const auto random = [&](float range) {
                return (static_cast<float>(generator()) * 0x1p-31f - 1.0f) * range;
            };
            std::vector<float> products(rows * classes);
            std::vector<float> bias(classes);
            std::vector<std::uint8_t> labels(rows);
            for (float& z : products) z = random(7);
            for (float& b : bias) b = random(1);
            for (std::uint8_t& label : labels) label = static_cast<std::uint8_t>(generator() % classes);
            const Result result = run(products, bias, labels);

            double loss = 0;
            std::int64_t correct = 0;
            std::vector<double> dbias(classes);
            for (std::size_t i = 0; i < rows; ++i) {
                std::vector<double> z(classes);
                double sum = 0;
                for (std::size_t c = 0; c < classes; ++c) {
                    z[c] = static_cast<double>(products[i * classes + c]) + bias[c];
                    sum += std::exp(z[c]);
                }
                loss += std::log(sum) - z[labels[i]];
                correct += std::ranges::max_element(z) - z.begin() == labels[i];
                double gradient_sum = 0;
                for (std::size_t c = 0; c < classes; ++c) {
                    const double dz = std::exp(z[c]) / sum - (c == labels[i] ? 1 : 0);
                    ASSERT_NEAR(result.gradient[i * classes + c], dz, 71 * kU) << "row " << i << ", class " << c;
                    dbias[c] += dz;
                    gradient_sum += result.gradient[i * classes + c];
                }
                // Probabilities sum to one: in double, only the rounding of each to float is left.
                EXPECT_NEAR(gradient_sum, 0, 2 * kU + static_cast<double>(classes) * 0x1p-52);
            }
            EXPECT_NEAR(result.tally.loss, loss, static_cast<double>(rows) * 50 * kU);
            EXPECT_EQ(result.tally.correct, correct);
            const auto n = static_cast<double>(rows);
            for (std::size_t c = 0; c < classes; ++c) {
                EXPECT_NEAR(result.dbias[c], dbias[c], (71 * n + n * n / 2) * kU) << "class " << c;
            }
        }
    }
}

TEST(Softmax, GivesProbabilitiesAndTheFirstOfTheLargest) {
    const std::vector<float> products = {0, 1, 2, 5, 5, -5, -200, 88, 0};
    const std::vector<float> bias = {0.5f, 0.0f, -0.5f};
    std::vector<float> probabilities(products.size());
    std::vector<std::uint8_t> predicted(3);
    softmax({products.data(), 3, 3}, bias, {probabilities.data(), 3, 3}, predicted);
    EXPECT_EQ(predicted, (std::vector<std::uint8_t>{2, 0, 1}));
    for (std::size_t i = 0; i < 3; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < 3; ++c) sum += std::exp(static_cast<double>(products[3 * i + c]) + bias[c]);
        for (std::size_t c = 0; c < 3; ++c) {
            const double expected = std::exp(static_cast<double>(products[3 * i + c]) + bias[c]) / sum;
            // An exponential, a sum of three and a division in float, which underflows below 2^-149.
            EXPECT_NEAR(probabilities[3 * i + c], expected, 4 * std::ldexp(expected, -24) + std::ldexp(1.0, -149))
                << i << ", " << c;
        }
    }
}

TEST(Softmax, EqualLogitsAreTheFirstClass) {
    const std::vector<float> products = {1, 3, 3};
    std::vector<float> probabilities(3);
    std::vector<std::uint8_t> predicted(1);
    softmax({products.data(), 1, 3}, std::vector<float>(3), {probabilities.data(), 1, 3}, predicted);
    EXPECT_EQ(predicted[0], 1);
    EXPECT_EQ(probabilities[1], probabilities[2]);
}

}  // namespace
}  // namespace dropsweep::nn
