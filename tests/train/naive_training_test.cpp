// A trial of all ranks has the bits of its naive twin.
#include "naive_training.hpp"

#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/data/standardize.hpp"

#include "../support/each_kernel.hpp"
#include "../support/lambda_observer.hpp"
#include "../support/small_experiment.hpp"

namespace dropsweep::train {
namespace {

using testing_support::SmallExperiment;

constexpr std::uint64_t kSeed = 0x123456789abcdef;

/// The program and docs/arithmetic.md agree to the last bit, on all ranks together.
class NaiveTrainingTest : public testing::Test {
  protected:
    void SetUp() override { options_.epochs = 2; }

    /// @return  the naive weights
    std::vector<float> expect_same_bits(const DropoutRates& dropout = 0.4) const {
        // As many of the ranks as there are leaves.
        const int ranks = std::min(world_.size(), static_cast<int>(experiment_.leaves()));
        const comm::Communicator group = world_.split(world_.rank() / ranks, world_.rank());
        std::vector<EpochRecord> history;
        testing_support::LambdaObserver observer;
        observer.epoch = [&](const EpochRecord& record) { history.push_back(record); };
        const auto model = train_trial(group, experiment_, dropout, kSeed, observer);

        naive::Training naive(experiment_, dropout, kSeed);
        EXPECT_EQ(history.size(), options_.epochs);
        for (const EpochRecord& own : history) {
            const auto [training, validation] = naive.train_epoch(own.epoch);
            EXPECT_EQ(own.training.loss, training.loss) << own.epoch;
            EXPECT_EQ(own.training.accuracy, training.accuracy) << own.epoch;
            EXPECT_EQ(own.validation.loss, validation.loss) << own.epoch;
            EXPECT_EQ(own.validation.accuracy, validation.accuracy) << own.epoch;
        }
        EXPECT_EQ(model->result.weights_sha256, system::sha256(std::span<const float>(naive.weights)));
        EXPECT_THAT(model->weights.span(), testing::Pointwise(testing::Eq(), naive.weights));
        const Evaluation test = naive.evaluate(experiment_.data.test);
        EXPECT_EQ(model->result.test.loss, test.loss);
        EXPECT_EQ(model->result.test.accuracy, test.accuracy);
        return naive.weights;
    }

    comm::Communicator world_ = comm::Communicator::world();
    SmallExperiment small_;
    Experiment& experiment_ = small_.experiment;
    TrainingOptions& options_ = experiment_.options;
};

TEST_F(NaiveTrainingTest, AllRules) {
    std::vector<std::vector<float>> weights;
    for (const Rules rules : {Rules::keras, Rules::keras_2017, Rules::torch}) {
        SCOPED_TRACE(to_string(rules));
        options_.rules = rules;
        options_.optimizer.epsilon = default_epsilon(rules);
        for (const double dropout : {0.0, 0.4}) weights.push_back(expect_same_bits(dropout));
    }
    EXPECT_NE(weights[1], weights[3]);
    // Without a probability that is clipped these two differ in nothing.
    EXPECT_EQ(options_.optimizer.epsilon, default_epsilon(Rules::keras_2017));
}

/// Weights so large that probabilities are 0, 1 and what lies between.
TEST_F(NaiveTrainingTest, ClippedProbabilities) {
    naive::Training naive(experiment_, 0, kSeed);
    for (float& weight : naive.weights) weight *= 6;
    experiment_.initial_weights = naive.weights;
    std::vector<std::vector<float>> weights;
    for (const Rules rules : {Rules::keras_2017, Rules::torch}) {
        SCOPED_TRACE(to_string(rules));
        options_.rules = rules;
        weights.push_back(expect_same_bits());
    }
    EXPECT_NE(weights[0], weights[1]);
}

/// Batches of 13 rows are leaves of 4 4 4 1, 5 5 3 and 13 rows; the last one, of 3 rows, leaves all but the first
/// empty.
TEST_F(NaiveTrainingTest, LeavesOfAnySize) {
    for (const std::size_t leaf_rows : {1u, 4u, 5u, 32u}) {
        SCOPED_TRACE(leaf_rows);
        options_.leaf_rows = leaf_rows;
        expect_same_bits();
    }
}

/// 70 rows are two words of a bitmap, and 37 those of the last batch: leaves of 32 32 6, and of 32 5 0.
TEST_F(NaiveTrainingTest, LargerBatches) {
    options_.batch_size = 70;
    expect_same_bits();
    options_.batch_size = 1000;
    options_.leaf_rows = 100;
    expect_same_bits();
}

/// Wider than a vector, a cache line and a word of a bitmap.
TEST_F(NaiveTrainingTest, OtherNetworks) {
    options_.leaf_rows = 5;
    for (const std::vector<std::size_t>& hidden : {std::vector<std::size_t>{}, {1}, {65, 16}, {130, 3, 64}}) {
        SCOPED_TRACE(hidden.size());
        experiment_.architecture.hidden = options_.hidden = hidden;
        expect_same_bits();
    }
}

TEST_F(NaiveTrainingTest, DropoutOfInputsAndOfEachLayer) {
    std::set<std::vector<float>> weights;
    for (const double rate : {0.0, 0.3, 0.99}) {
        options_.input_dropout = rate;
        weights.insert(expect_same_bits());
    }
    ASSERT_EQ(options_.hidden.size(), 2U);
    for (const std::vector<double>& rates : {std::vector{0.4, 0.0}, {0.0, 0.4}, {0.2, 0.7}}) {
        weights.insert(expect_same_bits(DropoutRates(rates)));
    }
    EXPECT_EQ(weights.size(), 6U);
}

TEST_F(NaiveTrainingTest, OtherSettings) {
    options_.leaf_rows = 4;
    options_.optimizer = {.learning_rate = 0.03, .rho = 0.7, .epsilon = 1e-3};
    options_.shuffle = false;
    expect_same_bits(0.8);
}

/// Weights, activations, gradients and mean squares of all sizes down to where they become zero. Without epsilon the
/// smallest mean square counts.
TEST_F(NaiveTrainingTest, TinyNumbers) {
    naive::Training naive(experiment_, 0, kSeed);
    for (std::size_t i = 0; i < naive.weights.size(); ++i) {
        naive.weights[i] = std::ldexp(naive.weights[i], -static_cast<int>(i % 48));
    }
    experiment_.initial_weights = naive.weights;
    options_.optimizer.learning_rate = 1e-6;
    for (const Rules rules : {Rules::keras, Rules::torch}) {
        options_.rules = rules;
        for (const auto& [epsilon, rho] : {std::pair{0.0, 0.9}, {0.0, 0.3}, {1e-7, 0.3}}) {
            SCOPED_TRACE(testing::Message() << to_string(rules) << ", epsilon " << epsilon << ", rho " << rho);
            options_.optimizer.epsilon = epsilon;
            options_.optimizer.rho = rho;
            expect_same_bits();
        }
    }
}

TEST_F(NaiveTrainingTest, ClassWeights) {
    experiment_.class_weights = {0.3f, 1, 7.7f, 0};
    for (const Rules rules : {Rules::keras, Rules::torch}) {
        options_.rules = rules;
        expect_same_bits();
    }
}

/// Some of them so small that they are zero.
TEST_F(NaiveTrainingTest, Numbers) {
    options_.optimizer.epsilon = 0;
    std::vector<std::vector<float>> numbers;
    for (data::Samples* samples : {&experiment_.data.train, &experiment_.data.validation, &experiment_.data.test}) {
        std::vector<float>& own = numbers.emplace_back();
        for (std::size_t at = 0; at < samples->pixels.size(); ++at) {
            const float value = static_cast<float>(samples->pixels[at]) - 100;
            own.push_back(std::ldexp(value, -3 * static_cast<int>(at % 19)));
        }
        *samples = {{}, samples->labels, samples->features, own};
    }
    expect_same_bits();
}

TEST_F(NaiveTrainingTest, Standardized) {
    const data::Split raw = experiment_.data;
    std::vector<std::vector<float>> expected;
    std::vector<data::LabelledSamples> own;
    for (const data::Samples* part : {&raw.train, &raw.validation, &raw.test}) {
        expected.push_back(naive::standardized(raw.train, *part));
        own.push_back({part->size(), 4, 5, {part->pixels.begin(), part->pixels.end()}, {}, {}});
        data::standardize(own.back(), data::standardization_of(raw.train));
        EXPECT_EQ(own.back().numbers, expected.back());
    }
    experiment_.data.train = {{}, raw.train.labels, raw.train.features, own[0].numbers};
    experiment_.data.validation = {{}, raw.validation.labels, raw.validation.features, own[1].numbers};
    experiment_.data.test = {{}, raw.test.labels, raw.test.features, own[2].numbers};
    expect_same_bits();
}

TEST_F(NaiveTrainingTest, EveryKernel) {
    options_.leaf_rows = 4;
    testing_support::with_each_kernel([&] { expect_same_bits(); });
}

}  // namespace
}  // namespace dropsweep::train
