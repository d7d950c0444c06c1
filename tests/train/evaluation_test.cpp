// The evaluation beside its naive twin, on any ranks, and with predictions.
#include "dropsweep/train/evaluation.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "dropsweep/nn/initializers.hpp"

#include "../nn/naive_mlp.hpp"
#include "../support/small_experiment.hpp"

// 613 samples are blocks 0 1 2 of 256, 256 and 101 rows; on two ranks:
//
//     rank 0: blocks 0 1      rank 1: block 2 (short)
//                  \            /
//                   (0+1) + 2                      loss and correct, divided once by 613

namespace dropsweep::train {
namespace {

using testing_support::SmallExperiment;

std::vector<float> some_weights(const nn::Architecture& architecture) {
    std::vector<float> weights(nn::ParameterLayout(architecture).size());
    nn::glorot_uniform(architecture, 5, weights);
    // Biases that are not zero.
    for (std::size_t i = 0; i < weights.size(); i += 3) weights[i] += 0.05f;
    return weights;
}

/// By the naive twin of the network, in double.
Evaluation naive_evaluation(const nn::Architecture& architecture, const std::vector<float>& weights,
                            const data::Samples& samples) {
    std::vector<double> x;
    for (const std::uint8_t pixel : samples.pixels) x.push_back(pixel / 255.0);
    std::vector<std::vector<double>> no_dropout;
    for (const std::size_t units : architecture.hidden) no_dropout.emplace_back(samples.size() * units, 1.0);
    const nn::NaivePass pass = nn::naive_pass(architecture, std::vector<double>(weights.begin(), weights.end()), x,
                                              samples.labels, no_dropout);
    const auto count = static_cast<double>(samples.size());
    return {pass.loss.value / count, static_cast<double>(pass.correct) / count};
}

class EvaluationTest : public testing::Test {
  protected:
    Evaluation evaluated_by(const comm::Communicator& group, const data::Samples& samples,
                            std::span<std::uint8_t> predicted = {}) const {
        nn::Mlp<linalg::SparseProducts> mlp(architecture_, kEvaluationRows, nn::Loss::clipped_probabilities);
        linalg::FloatBuffer padded(mlp.layout().size());
        nn::copy_parameters(nn::ParameterLayout(architecture_), weights_, mlp.layout(), padded.span());
        return evaluate(group, mlp, padded.span(), samples, predicted);
    }
    SmallExperiment small_;
    nn::Architecture architecture_ = small_.experiment.architecture;
    std::vector<float> weights_ = some_weights(architecture_);
};

TEST_F(EvaluationTest, AgreesWithTheNaiveTwin) {
    const comm::Communicator world = comm::Communicator::world();
    // Fewer samples than one block, exactly one, one row more, and three blocks with a short last one.
    for (const std::size_t count : {1u, 100u, 256u, 257u, 613u}) {
        const data::Samples samples = small_.experiment.data.validation.subset({0, count});
        const Evaluation naive = naive_evaluation(architecture_, weights_, samples);
        const Evaluation own = evaluated_by(world, samples);
        // Logits of size 1 from three sums of at most 25 products in float, and an exponential in float: each adds a
        // relative error of some 2^-24, 100 roundings at most.
        EXPECT_NEAR(own.loss, naive.loss, 100 * std::ldexp(1.0, -24)) << count << " samples";
        EXPECT_EQ(own.accuracy, naive.accuracy) << count << " samples";
    }
}

TEST_F(EvaluationTest, BitsDoNotDependOnTheRanks) {
    const comm::Communicator world = comm::Communicator::world();
    const comm::Communicator alone = world.split(world.rank(), 0);
    for (const std::size_t count : {100u, 512u, 613u}) {
        const data::Samples samples = small_.experiment.data.validation.subset({0, count});
        const Evaluation together = evaluated_by(world, samples);
        const Evaluation twin = evaluated_by(alone, samples);
        EXPECT_EQ(together.loss, twin.loss) << count << " samples";
        EXPECT_EQ(together.accuracy, twin.accuracy) << count << " samples";
    }
}

TEST_F(EvaluationTest, PredictionsGiveTheSameFiguresToTheLastBit) {
    const comm::Communicator world = comm::Communicator::world();
    for (const std::size_t count : {1u, 256u, 613u}) {
        const data::Samples samples = small_.experiment.data.validation.subset({0, count});
        std::vector<std::uint8_t> predicted(count, 255);
        const Evaluation together = evaluated_by(world, samples, predicted);
        const Predictions predictions = predict(architecture_, {}, Rules::keras, weights_, samples);
        EXPECT_EQ(predictions.evaluation.loss, together.loss) << count << " samples";
        EXPECT_EQ(predictions.evaluation.accuracy, together.accuracy) << count << " samples";
        EXPECT_EQ(predicted, predictions.predicted) << count << " samples";
        // The loss is the mean of -log p of the labels; p is a float.
        double loss = 0;
        std::size_t correct = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t label = samples.labels[i];
            loss -= std::log(predictions.probabilities.span()[i * architecture_.classes + label]);
            correct += predictions.predicted[i] == label ? 1 : 0;
        }
        EXPECT_NEAR(together.loss, loss / static_cast<double>(count), std::ldexp(1.0, -23));
        EXPECT_EQ(together.accuracy, static_cast<double>(correct) / static_cast<double>(count));
    }
}

}  // namespace
}  // namespace dropsweep::train
