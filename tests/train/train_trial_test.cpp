// A trial on any number of ranks: bits, early stopping, divergence, and what the observer sees.
#include "dropsweep/train/train_trial.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/features.hpp"
#include "dropsweep/text/error.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"

// One trial on every group this world can form must give the bits of a group of one rank. Four leaves on three ranks:
//
//     rank 0: leaves 0 1     rank 1: leaf 2      rank 2: leaf 3
//                \______________ | _____________/
//                     (0+1)+(2+3) of one slice on each rank, RMSprop, all slices to all

namespace dropsweep::train {
namespace {

using testing_support::SmallExperiment;

constexpr double kDropout = 0.3;
constexpr std::uint64_t kSeed = 11;

/// All of a trial that may not depend on clock or ranks.
struct Trace {
    TrainedModel model;
    std::vector<EpochRecord> history;
};

Trace train(const comm::Communicator& group, const Experiment& experiment, double dropout = kDropout) {
    Trace trace;
    testing_support::LambdaObserver observer;
    observer.epoch = [&](const EpochRecord& record) { trace.history.push_back(record); };
    trace.model = std::move(*train_trial(group, experiment, dropout, kSeed, observer));
    return trace;
}

class TrainerTest : public testing::Test {
  protected:
    /// Trains alone, then in groups of every size the leaves allow, and compares. The last group may be smaller.
    Trace expect_same_bits_on_all_layouts(double dropout = kDropout) const {
        Trace twin = train(alone_, experiment_, dropout);
        for (int ranks = 1; ranks <= world_.size(); ++ranks) {
            if (static_cast<std::size_t>(ranks) > experiment_.leaves()) break;
            const comm::Communicator group = world_.split(world_.rank() / ranks, world_.rank());
            SCOPED_TRACE(fmt::format("{} leaves on {} ranks", experiment_.leaves(), group.size()));
            const Trace own = train(group, experiment_, dropout);
            expect_same(own.history, twin.history);
            expect_same(own.model, twin.model);
        }
        return twin;
    }

    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    SmallExperiment small_;
    Experiment& experiment_ = small_.experiment;
    TrainingOptions& options_ = experiment_.options;
};

TEST_F(TrainerTest, BitsDoNotDependOnTheRanks) {
    // The last leaf of a batch of 13 rows is short but in the first and the last of these; the last batch has 3 rows,
    // which leaves most leaves empty.
    for (const auto& [leaf_rows, leaves] : std::map<std::size_t, std::size_t>{
             {1, 13}, {2, 7}, {3, 5}, {4, 4}, {5, 3}, {7, 2}, {12, 2}, {13, 1}, {32, 1}}) {
        options_.leaf_rows = leaf_rows;
        ASSERT_EQ(experiment_.leaves(), leaves);
        const Trace trace = expect_same_bits_on_all_layouts();
        EXPECT_EQ(trace.model.result.status, Status::completed);
        EXPECT_EQ(trace.history.size(), 3u);
    }
}

/// Wider than a panel of the dense kernel gradients.
TEST_F(TrainerTest, BitsDoNotDependOnTheRanksByOpenBlasAndInBfloat16) {
    options_.leaf_rows = 4;
    options_.epochs = 2;
    options_.restore_best_weights = true;
    options_.hidden = experiment_.architecture.hidden = {140, 17};
    const Trace own = expect_same_bits_on_all_layouts();
    options_.gemm_configuration.gemm = linalg::Gemm::openblas;
    const Trace floats = expect_same_bits_on_all_layouts();
    EXPECT_NEAR(own.history.front().training.loss, floats.history.front().training.loss, 1e-3);
    if (!system::has_feature("onednn")) GTEST_SKIP() << "built without oneDNN";
    options_.gemm_configuration = {linalg::Precision::bf16, linalg::Gemm::own};
    const Trace narrowed = expect_same_bits_on_all_layouts();
    EXPECT_NE(own.model.result.weights_sha256, narrowed.model.result.weights_sha256);
    // In the first epoch; at this learning rate any rounding grows from then on.
    EXPECT_NEAR(own.history.front().training.loss, narrowed.history.front().training.loss,
                0.02 * own.history.front().training.loss);
}

TEST_F(TrainerTest, ItLearns) {
    options_.epochs = 6;
    const Trace trace = train(alone_, experiment_, 0);
    EXPECT_LT(trace.history.back().training.loss, 0.8 * trace.history.front().training.loss);
    EXPECT_GT(trace.model.result.test.accuracy, 0.4);  // 0.25 by chance
}

TEST_F(TrainerTest, DropoutSeedAndShuffleChangeTheResult) {
    const Trace with = train(alone_, experiment_);
    const Trace without = train(alone_, experiment_, 0);
    const auto other_seed = train_trial(alone_, experiment_, kDropout, kSeed + 1, testing_support::no_observer);
    options_.shuffle = false;
    options_.leaf_rows = 4;
    const Trace file_order = expect_same_bits_on_all_layouts();
    EXPECT_NE(with.model.result.weights_sha256, without.model.result.weights_sha256);
    EXPECT_NE(with.model.result.weights_sha256, other_seed->result.weights_sha256);
    EXPECT_NE(with.model.result.weights_sha256, file_order.model.result.weights_sha256);
}

TEST_F(TrainerTest, HashIsThatOfTheKeptWeights) {
    const Trace trace = train(alone_, experiment_);
    EXPECT_EQ(trace.model.result.weights_sha256, system::sha256(trace.model.weights.span()));
    EXPECT_TRUE(trace.model.result.has_weights());
    EXPECT_EQ(bits({trace.model.result.validation.loss}), bits({trace.history.back().validation.loss}));
}

TEST_F(TrainerTest, StartsFromTheGivenWeights) {
    options_.epochs = 1;
    options_.leaf_rows = 5;
    const Trace trained = train(alone_, experiment_);
    const std::vector<float> start(trained.model.weights.span().begin(), trained.model.weights.span().end());
    experiment_.initial_weights = start;
    const Trace from_start = expect_same_bits_on_all_layouts();
    EXPECT_NE(from_start.model.result.weights_sha256, trained.model.result.weights_sha256);

    // With a learning rate of zero the weights stay what they were.
    options_.optimizer.learning_rate = 0;
    EXPECT_TRUE(std::ranges::equal(train(alone_, experiment_).model.weights.span(), start));
}

TEST_F(TrainerTest, StopsEarlyAndKeepsTheLastWeightsAsKerasDoes) {
    options_.epochs = 40;
    options_.patience = 2;
    options_.leaf_rows = 4;
    const Trace trace = expect_same_bits_on_all_layouts(0);
    const TrialResult& result = trace.model.result;
    ASSERT_EQ(result.status, Status::early_stopped);
    EXPECT_EQ(result.epochs, result.best_epoch + 3);
    EXPECT_EQ(bits({result.best_val_loss}), bits({trace.history[result.best_epoch].validation.loss}));
    EXPECT_EQ(bits({result.validation.loss}), bits({trace.history.back().validation.loss}));

    options_.patience = std::nullopt;
    options_.epochs = result.epochs;
    EXPECT_EQ(train(alone_, experiment_, 0).model.result.weights_sha256, result.weights_sha256);
}

TEST_F(TrainerTest, RestoresTheWeightsOfTheBestEpoch) {
    options_.epochs = 40;
    options_.patience = 2;
    options_.leaf_rows = 4;
    options_.restore_best_weights = true;
    const Trace trace = expect_same_bits_on_all_layouts(0);
    const TrialResult& result = trace.model.result;
    ASSERT_EQ(result.status, Status::early_stopped);
    ASSERT_GT(result.best_epoch, 0u);
    EXPECT_EQ(result.weights_sha256, system::sha256(trace.model.weights.span()));

    // A run that ends with the best epoch has the same weights and figures.
    options_.restore_best_weights = false;
    options_.epochs = result.best_epoch + 1;
    const TrialResult best = train(alone_, experiment_, 0).model.result;
    EXPECT_EQ(result.weights_sha256, best.weights_sha256);
    EXPECT_EQ(bits({result.validation.loss, result.validation.accuracy, result.test.loss, result.test.accuracy}),
              bits({best.validation.loss, best.validation.accuracy, best.test.loss, best.test.accuracy}));
    EXPECT_EQ(bits({result.validation.loss}), bits({result.best_val_loss}));
}

TEST_F(TrainerTest, DivergesInAStep) {
    options_.optimizer.learning_rate = 1e30;
    options_.leaf_rows = 4;
    const Trace trace = expect_same_bits_on_all_layouts();
    EXPECT_EQ(trace.model.result.status, Status::diverged);
    EXPECT_FALSE(trace.model.result.has_weights());
    EXPECT_EQ(trace.model.weights.size(), 0u);
    EXPECT_EQ(trace.model.result.weights_sha256, system::Digest{});
    ASSERT_EQ(trace.history.size(), 1u);
    EXPECT_TRUE(std::isnan(trace.history[0].training.loss));
    EXPECT_TRUE(std::isnan(trace.history[0].validation.loss));
    EXPECT_TRUE(std::isnan(trace.model.result.validation.loss));
    EXPECT_TRUE(std::isnan(trace.model.result.test.loss));
}

TEST_F(TrainerTest, DivergesOnTheValidationSet) {
    // A single step: its loss is that of the initial weights, and only the validation sees the new ones.
    options_.optimizer.learning_rate = 1e30;
    options_.batch_size = 107;
    options_.leaf_rows = 4;
    const Trace trace = expect_same_bits_on_all_layouts();
    EXPECT_EQ(trace.model.result.status, Status::diverged);
    ASSERT_EQ(trace.history.size(), 1u);
    EXPECT_TRUE(std::isfinite(trace.history[0].training.loss));
    EXPECT_FALSE(std::isfinite(trace.history[0].validation.loss));
}

/// A pixel that is lit in a single sample, and whose weights become infinite in the step that sees it. From then on its
/// zeros hide them: all losses stay finite.
TEST_F(TrainerTest, DivergesByAWeightThatZerosHide) {
    constexpr std::size_t kCount = 104;  // as many samples of each class, so that no bias moves
    data::LabelledSamples images{kCount, 4, 5, std::vector<std::uint8_t>(kCount * 20), {}};
    for (std::size_t i = 0; i < kCount; ++i) images.labels.push_back(static_cast<std::uint8_t>(i % 4));
    const data::LabelledSamples dark = images;
    images.pixels[0] = 255;
    experiment_.data = {data::as_samples(images), data::as_samples(dark), data::as_samples(dark)};
    experiment_.architecture.hidden = options_.hidden = {};
    const std::vector<float> zeros(21 * 4);
    experiment_.initial_weights = zeros;
    options_.batch_size = kCount;
    for (const double learning_rate : {0.01, 2e38}) {
        options_.optimizer.learning_rate = learning_rate;
        const Trace trace = expect_same_bits_on_all_layouts(0);
        const bool diverges = learning_rate > 1;
        EXPECT_EQ(trace.model.result.status, diverges ? Status::diverged : Status::completed);
        EXPECT_EQ(trace.history.size(), diverges ? 1u : 3u);
        EXPECT_EQ(std::isfinite(trace.history.front().training.loss), !diverges);
    }
}

TEST_F(TrainerTest, ObserverFollowsEveryStepAndEpochOnEveryRank) {
    options_.epochs = 2;
    options_.leaf_rows = 4;
    std::vector<std::string> events;
    testing_support::LambdaObserver observer;
    observer.step = [&](const StepProgress& done) {
        EXPECT_EQ(done.step, (done.samples + 12) / 13);
        events.push_back(fmt::format("{}:{}", done.epoch, done.samples));
    };
    observer.epoch = [&](const EpochRecord& record) {
        events.push_back(fmt::format("end {}", record.epoch));
        EXPECT_GT(record.training_seconds, 0);
        EXPECT_GT(record.validation_seconds, 0);
    };
    train_trial(world_, experiment_, kDropout, kSeed, observer);
    EXPECT_THAT(events, testing::ElementsAre("0:13", "0:26", "0:39", "0:52", "0:65", "0:78", "0:91", "0:104", "0:107",
                                             "end 0", "1:13", "1:26", "1:39", "1:52", "1:65", "1:78", "1:91", "1:104",
                                             "1:107", "end 1"));
}

TEST_F(TrainerTest, EqualWeightsHaveOneHash) {
    const std::vector<float> weights = {1, 2, 3};
    EXPECT_EQ(require_equal_weights(world_, weights), system::sha256(std::span(weights)));
}

TEST_F(TrainerTest, OneBitOfDifferenceIsAnErrorThatNamesTheWorldRank) {
    // In a group of reversed ranks, so that the rank in the world is another one than that in the group.
    const comm::Communicator reversed = world_.split(0, -world_.rank());
    constexpr int kCulprit = 0;
    std::vector<float> weights(1000, 1.0f);
    if (world_.rank() == kCulprit) weights[999] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(1.0f) ^ 1u);
    if (world_.size() == 1) {
        EXPECT_NO_THROW(require_equal_weights(reversed, weights));
        return;
    }
    try {
        require_equal_weights(reversed, weights);
        ADD_FAILURE() << "the difference was not seen";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), ExitCode::failure);
        EXPECT_EQ(error.reports(), reversed.rank() == 0);
        EXPECT_THAT(error.what(),
                    testing::StartsWith(fmt::format("the weights of rank {} differ from those of rank {} ", kCulprit,
                                                    world_.size() - 1)));
    }
}

}  // namespace
}  // namespace dropsweep::train
