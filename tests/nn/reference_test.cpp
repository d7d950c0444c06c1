// dropsweep against tests/reference/generate.py, the same network in NumPy float64 with a Philox of its own.

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/optim/optimizer.hpp"

#include "naive_mlp.hpp"
#include "one_leaf.hpp"

namespace dropsweep::nn {
namespace {

using testing_support::PaddedMatrix;

class Reference : public testing::Test {
  protected:
    nlohmann::json golden_ = nlohmann::json::parse(std::ifstream(DROPSWEEP_TEST_DATA "/../reference/golden.json"));
    std::vector<std::size_t> widths_ = golden_["widths"];
    Architecture architecture_{widths_.front(), {widths_.begin() + 1, widths_.end() - 1}, widths_.back()};
    std::vector<std::uint32_t> samples_ = golden_["samples"];
    std::vector<std::uint8_t> labels_ = golden_["labels"];
    std::vector<float> x_ = golden_["x"];
    std::vector<float> weights_ = golden_["weights"];
    std::size_t rows_ = labels_.size();
    OneLeaf<> mlp_{architecture_, rows_};

    std::vector<double> numbers(const char* name) const { return golden_[name]; }

    std::vector<Dropout> dropout(std::uint32_t epoch) const {
        std::vector<Dropout> layers;
        for (std::uint32_t layer = 0; layer < architecture_.hidden.size(); ++layer) {
            layers.emplace_back(golden_["dropout"].get<double>(), golden_["seed"].get<std::uint64_t>(), layer, epoch);
        }
        return layers;
    }

    /// The naive twin on the same numbers, for its error bounds.
    NaivePass naive() const {
        std::vector<std::vector<double>> factors;
        const std::vector<Dropout> layers = dropout(golden_["epoch"]);
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            factors.push_back(dropout_factors(layers[layer], samples_, architecture_.hidden[layer]));
        }
        return naive_pass(architecture_, numbers("weights"), numbers("x"), labels_, factors);
    }

    /// The gradient of the whole batch with the masks of `epoch`.
    linalg::LossAndCorrect backward(std::uint32_t epoch, std::span<const float> weights, std::span<float> gradient) {
        const std::vector<Dropout> layers = dropout(epoch);
        mlp_.forward(weights, x_, rows_, layers, samples_);
        return mlp_.backward(labels_, layers, gradient);
    }
};

// limit = sqrt(6 / n): the quotient rounds by u, half of which is left by the root, which rounds by u again, as does
// the product with 2 u - 1, which is exact: 2.5 u with u = 2^-24.
TEST_F(Reference, InitialWeights) {
    const std::vector<double> expected = numbers("initial_weights");
    std::vector<float> weights(expected.size());
    glorot_uniform(architecture_, golden_["seed"], weights);
    for (std::size_t w = 0; w < weights.size(); ++w) {
        EXPECT_NEAR(weights[w], expected[w], 2.5 * kFloatRounding * std::abs(expected[w])) << "weight " << w;
    }
}

TEST_F(Reference, DropoutMasks) {
    const std::vector<Dropout> layers = dropout(golden_["epoch"]);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const std::vector<double> expected = golden_["masks"][layer];
        std::vector<double> mask = dropout_factors(layers[layer], samples_, architecture_.hidden[layer]);
        for (double& factor : mask) factor = factor > 0 ? 1 : 0;
        EXPECT_EQ(mask, expected) << "layer " << layer;
    }
}

// Two float64 programs of a few dozen operations a number: 1e-12 leaves room for either order of their sums.
TEST_F(Reference, NaiveTwinAgrees) {
    const NaivePass pass = naive();
    EXPECT_NEAR(pass.loss.value, golden_["loss"].get<double>(), 1e-12);
    EXPECT_EQ(pass.correct, golden_["correct"].get<std::int64_t>());
    const std::vector<double> gradient = numbers("gradient");
    for (std::size_t w = 0; w < gradient.size(); ++w) EXPECT_NEAR(pass.gradient[w].value, gradient[w], 1e-12) << w;
}

TEST_F(Reference, Activations) {
    const NaivePass bounds = naive();
    const ParameterLayout layout(architecture_);
    const std::vector<Dropout> layers = dropout(golden_["epoch"]);
    std::vector<float> input = x_;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const auto dense = layout.layer(std::span<const float>(weights_), layer);
        const std::size_t units = architecture_.hidden[layer];
        PaddedMatrix<> kernel(dense.kernel.rows, units, {dense.kernel.data, dense.kernel.rows * units});
        PaddedMatrix<> bias(1, units, dense.bias);
        PaddedMatrix<> a(rows_, units);
        linalg::multiply(PaddedMatrix<>(rows_, dense.kernel.rows, input).operand(), kernel.values(), a.values());
        hidden_forward(a.values(), std::span(bias.values().data, linalg::padded_stride(units)), layers[layer], samples_,
                       a.sparse());
        const std::vector<float> output = a.dense();
        const std::vector<double> expected = golden_["activations"][layer];
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_NEAR(output[i], expected[i], bounds.activations[layer][i].error) << "layer " << layer << ", " << i;
        }
        input = output;
    }
}

// Each row alone and with each label in turn: -log softmax, the logits but for their common shift. A row's share of the
// loss is within the bound of the sum over all rows.
TEST_F(Reference, NegativeLogProbabilities) {
    const double tolerance = naive().loss.error;
    const std::vector<double> expected = numbers("negative_log_probabilities");
    const std::vector<Dropout> layers = dropout(golden_["epoch"]);
    const std::size_t inputs = architecture_.inputs;
    for (std::size_t i = 0; i < rows_; ++i) {
        mlp_.forward(weights_, std::span(x_).subspan(i * inputs, inputs), 1, layers, std::span(samples_).subspan(i, 1));
        for (std::size_t c = 0; c < architecture_.classes; ++c) {
            const std::vector<std::uint8_t> label = {static_cast<std::uint8_t>(c)};
            EXPECT_NEAR(mlp_.evaluate(label).loss, expected[i * architecture_.classes + c], tolerance)
                << "row " << i << ", class " << c;
        }
    }
}

TEST_F(Reference, LossAndGradient) {
    const NaivePass bounds = naive();
    std::vector<float> gradient(weights_.size());
    const linalg::LossAndCorrect loss_and_correct = backward(golden_["epoch"], weights_, gradient);
    EXPECT_NEAR(loss_and_correct.loss, golden_["loss"].get<double>(), bounds.loss.error);
    EXPECT_EQ(loss_and_correct.correct, golden_["correct"].get<std::int64_t>());
    const std::vector<double> expected = numbers("gradient");
    for (std::size_t w = 0; w < gradient.size(); ++w) {
        EXPECT_NEAR(gradient[w], expected[w], bounds.gradient[w].error) << "weight " << w;
    }
}

// A step is learning_rate g / (sqrt(v) + epsilon), at most learning_rate / sqrt(0.1) = 3.2e-3 because v >= 0.1 g^2. If
// a gradient is wrong by r of its own root mean square sqrt(v), the step is wrong by at most 2 r of that. r is 2^-24
// times the operations on the way of one gradient, about 3 layers x (10 + 10 + 7), so 100 * 2^-24 = 6e-6: 4e-8 a step.
// The subtraction rounds a weight below 1 by 6e-8. 50 steps: 5e-6. A weight's error comes back through the gradients
// of later steps, by the product of learning_rate / sqrt(v) and the curvature, about 1 % a step: e^0.5 times. 1e-5.
TEST_F(Reference, FiftyStepsOfRmsProp) {
    for (const char* rules : {"keras", "keras-2017", "torch"}) {
        SCOPED_TRACE(rules);
        const bool is_keras = std::string_view(rules) == "keras";
        const bool is_torch = std::string_view(rules) == "torch";
        mlp_ = {architecture_, rows_, is_torch ? Loss::from_logits : Loss::clipped_probabilities};
        const nlohmann::json training = golden_["training"][rules];
        const optim::Settings settings{golden_["learning_rate"], golden_["rho"], training["epsilon"], is_keras};
        optim::Optimizer rmsprop(settings, weights_.size());
        std::vector<float> weights = weights_;
        std::vector<float> gradient(weights.size());
        const std::vector<double> losses = training["losses"];
        const auto expect_weights = [&](const char* name, double tolerance) {
            const std::vector<double> expected = training[name];
            for (std::size_t w = 0; w < weights.size(); ++w) {
                EXPECT_NEAR(weights[w], expected[w], tolerance) << name << ", weight " << w;
            }
        };
        for (std::uint32_t step = 0; step < 50; ++step) {
            const linalg::LossAndCorrect loss_and_correct = backward(step, weights, gradient);
            // The loss moves by its gradient, of length 6 or less, times the weights' errors, which have no common
            // sign.
            EXPECT_NEAR(loss_and_correct.loss, losses[step], 6e-5) << "step " << step;
            rmsprop.update(weights, gradient, 1.0f / static_cast<float>(rows_), 1);
            if (step == 0) expect_weights("weights_after_1_step", 2e-7);
            if (step == 9) expect_weights("weights_after_10_steps", 2e-6);
        }
        expect_weights("weights_after_50_steps", 1e-5);
    }
}

// Logits of up to 40 are wrong by some 100 * 2^-24 of that, and so are the probabilities of those rows that are not
// clipped, which the last kernel, of numbers of up to 40, carries back: 40 * 40 * 6e-6 = 1e-2 at most.
TEST_F(Reference, ClippedProbabilitiesStopTheGradient) {
    mlp_ = {architecture_, rows_, Loss::clipped_probabilities};
    const std::vector<float> large = golden_["large_weights"];
    std::vector<float> gradient(large.size());
    const linalg::LossAndCorrect loss_and_correct = backward(golden_["epoch"], large, gradient);
    EXPECT_NEAR(loss_and_correct.loss, golden_["large_loss"].get<double>(), 1e-3);
    const std::vector<double> expected = numbers("large_gradient");
    for (std::size_t w = 0; w < gradient.size(); ++w) EXPECT_NEAR(gradient[w], expected[w], 1e-2) << "weight " << w;
}

}  // namespace
}  // namespace dropsweep::nn
