// Softmax, loss and gradient beside their formulas, with either loss.
#include "dropsweep/nn/softmax_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "../support/each_kernel.hpp"
#include "../support/padded_matrix.hpp"

namespace dropsweep::nn {
namespace {

using testing_support::padded_row;
using testing_support::PaddedMatrix;

constexpr Loss kLosses[] = {Loss::clipped_probabilities, Loss::from_logits};

/// Both functions of the header on the same rows; they have to agree on the loss_and_correct.
struct Result {
    linalg::LossAndCorrect loss_and_correct;
    std::vector<float> gradient;
    std::vector<float> dbias;
};

Result run(Loss loss, const std::vector<float>& products, const std::vector<float>& bias,
           const std::vector<std::uint8_t>& labels, const std::vector<float>& class_weights = {}) {
    const std::size_t classes = bias.size();
    PaddedMatrix<> logits(labels.size(), classes, products);
    const linalg::FloatBuffer padded_bias = padded_row(bias);
    const linalg::LossAndCorrect loss_and_correct =
        softmax_cross_entropy(loss, logits.values(), padded_bias.span(), labels);
    EXPECT_EQ(logits.dense(), products);
    linalg::FloatBuffer dbias = padded_row(std::vector<float>(classes, 99.0f));
    const linalg::LossAndCorrect with_gradient =
        softmax_cross_entropy_gradient(loss, logits.values(), padded_bias.span(), labels, class_weights, dbias.span());
    if (class_weights.empty()) {
        EXPECT_EQ(with_gradient, loss_and_correct);
    }
    EXPECT_TRUE(logits.has_zero_padding());
    for (std::size_t c = classes; c < dbias.size(); ++c) EXPECT_EQ(dbias.data()[c], 0);
    return {with_gradient, logits.dense(), {dbias.data(), dbias.data() + classes}};
}

constexpr double kU = 0x1p-24;

TEST(SoftmaxCrossEntropy, UniformLogitsGiveTheLogarithmOfTheClasses) {
    for (const Loss loss : kLosses) {
        for (const std::size_t classes : {2u, 10u, 256u}) {
            const Result result =
                run(loss, std::vector<float>(3 * classes, 0.75f), std::vector<float>(classes), {0, 1, 1});
            // The exponentials are 1 and their sum is exact. The logarithm, below 8, rounds, as may the quotient.
            EXPECT_NEAR(result.loss_and_correct.loss, 3 * std::log(static_cast<double>(classes)), 3 * (8 + 1) * kU);
            EXPECT_EQ(result.loss_and_correct.correct, 1);  // the first of equals is class 0
            EXPECT_EQ(result.gradient[2], 1.0f / static_cast<float>(classes));
        }
    }
}

TEST(SoftmaxCrossEntropy, HugeLogitsAreShifted) {
    const Result right = run(Loss::from_logits, {1000, 0, -1000}, {0, 0, 0}, {0});
    EXPECT_EQ(right.loss_and_correct, (linalg::LossAndCorrect{0.0, 1}));
    EXPECT_EQ(right.gradient, (std::vector<float>{0, 0, 0}));
    const Result wrong = run(Loss::from_logits, {1000, 0, -1000}, {0, 0, 0}, {2});
    EXPECT_EQ(wrong.loss_and_correct, (linalg::LossAndCorrect{2000.0, 0}));
    EXPECT_EQ(wrong.gradient, (std::vector<float>{1, 0, -1}));
    for (const Loss loss : kLosses) {
        const Result all = run(loss, {1000, 1000, -1000, -1000}, {0, 0}, {1, 0});
        EXPECT_NEAR(all.loss_and_correct.loss, 2 * std::log(2.0), 2 * kU);
    }
}

/// Keras's, whose bounds still have a gradient.
TEST(SoftmaxCrossEntropy, NoGradientWhereTheProbabilityIsClipped) {
    testing_support::with_each_simd([] {
        constexpr float kMost = 1 - 0x1p-23f;
        struct Case {
            float difference;  ///< of two logits, of which the second is 0
            std::uint8_t label;
            double loss;
            bool clipped;
        };
        const Case cases[] = {
            {16.2f, 1, -std::log(static_cast<double>(1e-7f)), true},  // e^-16.2 is 9.2e-8
            {1000, 1, -std::log(static_cast<double>(1e-7f)), true},
            {16.0f, 1, 16.0, false},  // 1.1e-7
            {17.0f, 0, -std::log(static_cast<double>(kMost)), true},
            {16.2f, 0, -std::log(static_cast<double>(kMost)), false},  // the upper bound itself
            {15.0f, 0, std::log1p(std::exp(-15.0)), false},
        };
        for (const Case& each : cases) {
            SCOPED_TRACE(testing::Message() << each.difference << ", label " << int{each.label});
            const Result result = run(Loss::clipped_probabilities, {each.difference, 0}, {0, 0}, {each.label});
            EXPECT_NEAR(result.loss_and_correct.loss, each.loss, 32 * kU * each.loss + kU);
            EXPECT_EQ(result.loss_and_correct.correct, each.label == 0 ? 1 : 0);
            const Result logits = run(Loss::from_logits, {each.difference, 0}, {0, 0}, {each.label});
            if (each.clipped) {
                EXPECT_EQ(result.gradient, std::vector<float>(2));
                EXPECT_EQ(result.dbias, std::vector<float>(2));
                EXPECT_TRUE(logits.gradient[1] != 0 || each.difference == 1000);
            } else {
                EXPECT_EQ(result.gradient, logits.gradient);
                EXPECT_NE(result.gradient[each.label], 0);
            }
        }
        // A row that is clipped leaves the others alone.
        const Result two = run(Loss::clipped_probabilities, {17, 0, 1, 0}, {0, 0}, {0, 0});
        EXPECT_EQ(two.gradient[0], 0);
        EXPECT_EQ(two.dbias, (std::vector<float>{two.gradient[2], two.gradient[3]}));
        EXPECT_LT(two.gradient[2], 0);
    });
}

TEST(SoftmaxCrossEntropy, RowsCountAsTheirClasses) {
    testing_support::with_each_simd([] {
        for (const Loss loss : kLosses) {
            const std::vector<float> products = {3, 1, -2, 0.5f, 1, 0, 17, 0, 0};
            const std::vector<float> bias = {0.25f, 0, -0.5f};
            const std::vector<std::uint8_t> labels = {1, 2, 0};
            const std::vector<float> weights = {7, 0.3f, 1.7f};
            const Result weighted = run(loss, products, bias, labels, weights);
            double sum = 0;
            std::vector<float> dbias(3);
            for (std::size_t i = 0; i < labels.size(); ++i) {
                const float weight = weights[labels[i]];
                const Result row = run(loss, {&products[3 * i], &products[3 * i] + 3}, bias, {labels[i]});
                sum += static_cast<double>(weight * static_cast<float>(row.loss_and_correct.loss));
                for (std::size_t c = 0; c < 3; ++c) {
                    EXPECT_EQ(weighted.gradient[3 * i + c], weight * row.gradient[c]) << i << ", " << c;
                    dbias[c] += weight * row.gradient[c];
                }
            }
            EXPECT_EQ(weighted.loss_and_correct.loss, sum);
            EXPECT_EQ(weighted.loss_and_correct.correct, 1);
            EXPECT_EQ(weighted.dbias, dbias);
        }
        // e^-28 is 0.8 * 2^-40.
        EXPECT_GT(run(Loss::from_logits, {28, 0}, {0, 0}, {0}, {2, 1}).gradient[1], 0);
        EXPECT_EQ(run(Loss::from_logits, {28, 0}, {0, 0}, {0}, {1, 2}).gradient[1], 0);
    });
}

/// e^-27 is 2.0 * 2^-40, e^-28 0.8 * 2^-40.
TEST(SoftmaxCrossEntropy, TinyGradientsAreZero) {
    testing_support::with_each_simd([] {
        const Result result = run(Loss::from_logits, {28, 1, 0, -100}, {0, 0, 0, 0}, {0});
        EXPECT_GE(result.gradient[1], 0x1p-40f);
        EXPECT_EQ(result.gradient, (std::vector<float>{0, result.gradient[1], 0, 0}));
        EXPECT_EQ(result.dbias, result.gradient);
    });
}

TEST(SoftmaxCrossEntropy, CountsTheFirstOfEqualLogits) {
    for (const Loss loss : kLosses) {
        EXPECT_EQ(run(loss, {1, 3, 3, 2}, {0, 0, 0, 0}, {1}).loss_and_correct.correct, 1);
        EXPECT_EQ(run(loss, {1, 3, 3, 2}, {0, 0, 0, 0}, {2}).loss_and_correct.correct, 0);
        EXPECT_EQ(run(loss, {1, 3, 3, 4}, {0, 0, 0, 0}, {3}).loss_and_correct.correct, 1);
    }
}

TEST(SoftmaxCrossEntropy, BiasIsAddedBeforeAnythingElse) {
    for (const Loss loss : kLosses) {
        EXPECT_EQ(run(loss, {1, 2}, {4, 0}, {0}).loss_and_correct.correct, 1);
        EXPECT_EQ(run(loss, {5, 2}, {0, 0}, {0}).loss_and_correct, run(loss, {1, 2}, {4, 0}, {0}).loss_and_correct);
    }
}

TEST(SoftmaxCrossEntropy, NoRowsGiveNothing) {
    const Result result = run(Loss::from_logits, {}, {0, 0, 0}, {});
    EXPECT_EQ(result.loss_and_correct, linalg::LossAndCorrect{});
    EXPECT_EQ(result.dbias, std::vector<float>(3, 0.0f));
}

TEST(SoftmaxCrossEntropy, NotANumberIsNotHidden) {
    testing_support::with_each_simd([] {
        for (const Loss loss : kLosses) {
            for (const float strange : {std::nanf(""), INFINITY}) {
                for (std::size_t at = 0; at < 3; ++at) {
                    std::vector<float> products = {1, 2, 3};
                    products[at] = strange;
                    PaddedMatrix<> logits(1, 3, products);
                    const linalg::FloatBuffer bias(16);
                    linalg::FloatBuffer dbias(16);
                    const std::vector<std::uint8_t> label = {0};
                    EXPECT_FALSE(std::isfinite(softmax_cross_entropy(loss, logits.values(), bias.span(), label).loss))
                        << strange << " at " << at;
                    EXPECT_FALSE(std::isfinite(
                        softmax_cross_entropy_gradient(loss, logits.values(), bias.span(), label, {}, dbias.span())
                            .loss));
                }
            }
        }
    });
}

// With u = 2^-24: a logit rounds once, by u |z| <= 8 u; the shifted one again, by 16 u; the exponential by 2 u. An
// exponential is wrong by less than 8 + 8 + 16 + 2 = 34 u of itself, their sum by (34 + classes) u, a probability p by
// (69 + classes) u p, with the subtraction of the one (70 + classes) u; a column sum over the rows adds rows^2 / 2 u. A
// loss is log S - (z_y - max z): (34 + classes) u, 7 u for the logarithm of at most 256, 32 u, and 16 u for the
// difference, below 32. Or it is -log p: (69 + classes) u, and 14 u for the logarithm of at least 1e-7.
TEST(SoftmaxCrossEntropy, IsTheFormula) {
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
            const auto n = static_cast<double>(rows);
            const auto width = static_cast<double>(classes);
            for (const Loss kind : kLosses) {
                const Result result = run(kind, products, bias, labels);
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
                    const double p = std::exp(z[labels[i]]) / sum;
                    const bool clips = kind == Loss::clipped_probabilities;
                    const bool clipped = clips && (p < 1e-7 || p > 1 - 1e-7);
                    loss -= std::log(clips ? std::clamp(p, 1e-7, 1 - 1e-7) : p);
                    correct += std::ranges::max_element(z) - z.begin() == labels[i];
                    double gradient_sum = 0;
                    for (std::size_t c = 0; c < classes; ++c) {
                        const double dz = clipped ? 0 : std::exp(z[c]) / sum - (c == labels[i] ? 1 : 0);
                        ASSERT_NEAR(result.gradient[i * classes + c], dz, (70 + width) * kU) << i << ", " << c;
                        dbias[c] += dz;
                        gradient_sum += result.gradient[i * classes + c];
                    }
                    // Probabilities sum to one, but for the rounding of their sum, of each of them and of the one.
                    EXPECT_NEAR(gradient_sum, 0, (width + 2) * kU + width * 0x1p-40);
                }
                EXPECT_NEAR(result.loss_and_correct.loss, loss, n * (89 + width) * kU);
                EXPECT_EQ(result.loss_and_correct.correct, correct);
                for (std::size_t c = 0; c < classes; ++c) {
                    EXPECT_NEAR(result.dbias[c], dbias[c], ((70 + width) * n + n * n / 2) * kU) << "class " << c;
                }
                testing_support::with_each_simd([&] {
                    const Result twin = run(kind, products, bias, labels);
                    EXPECT_EQ(twin.loss_and_correct, result.loss_and_correct);
                    EXPECT_EQ(twin.gradient, result.gradient);
                    EXPECT_EQ(twin.dbias, result.dbias);
                });
            }
        }
    }
}

TEST(Softmax, GivesProbabilitiesAndTheFirstOfTheLargest) {
    const std::vector<float> products = {0, 1, 2, 5, 5, -5, -200, 88, 0};
    const std::vector<float> bias = {0.5f, 0.0f, -0.5f};
    std::vector<float> probabilities(products.size());
    std::vector<std::uint8_t> predicted(3);
    PaddedMatrix<> logits(3, 3, products);
    softmax(logits.values(), padded_row(bias).span(), {probabilities.data(), 3, 3}, predicted);
    EXPECT_EQ(predicted, (std::vector<std::uint8_t>{2, 0, 1}));
    for (std::size_t i = 0; i < 3; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < 3; ++c) sum += std::exp(static_cast<double>(products[3 * i + c]) + bias[c]);
        for (std::size_t c = 0; c < 3; ++c) {
            const double expected = std::exp(static_cast<double>(products[3 * i + c]) + bias[c]) / sum;
            // Logits of up to 88 round, as do their differences; e^-80 is 0 or more than 2^-116.
            EXPECT_NEAR(probabilities[3 * i + c], expected, 300 * kU * expected + 0x1p-125) << i << ", " << c;
        }
    }
}

TEST(Softmax, EqualLogitsAreTheFirstClass) {
    const std::vector<float> products = {1, 3, 3};
    std::vector<float> probabilities(3);
    std::vector<std::uint8_t> predicted(1);
    PaddedMatrix<> logits(1, 3, products);
    softmax(logits.values(), padded_row(std::vector<float>(3)).span(), {probabilities.data(), 1, 3}, predicted);
    EXPECT_EQ(predicted[0], 1);
    EXPECT_EQ(probabilities[1], probabilities[2]);
}

}  // namespace
}  // namespace dropsweep::nn
