#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/train/trainer.hpp"

#include "../support/small_experiment.hpp"

// A trial whose group grows between its epochs must not differ from one that a single rank trained. Sizes {1, 2, 2, 4},
// one for each epoch, with the last rank of the world in front:
//
//     rank 3  | epoch 0 | epoch 1 | epoch 2 | epoch 3 |
//     rank 2            | epoch 1 | epoch 2 | epoch 3 |
//     ranks 1, 0                            | epoch 3 |

namespace dropsweep::train {
namespace {

constexpr double kDropout = 0.4;
constexpr std::uint64_t kSeed = 5;

struct Part {
    std::optional<TrainedModel> model;
    std::vector<EpochRecord> epochs;  ///< that were told on this rank
    std::string state;                ///< the last checkpoint, on the first rank
};

class GrowTest : public testing::Test {
  protected:
    /// Trains with sizes[e] ranks in epoch e, the last rank of the world in front; the last size holds from there on.
    /// Sizes beyond that of the world are cut. @return  none: this rank never joins
    std::optional<Part> train(const std::vector<int>& sizes, bool keeps_state,
                              std::optional<std::size_t> stop_after = {}) {
        const auto size_in = [&](std::size_t epoch) {
            return std::min(sizes[std::min(epoch, sizes.size() - 1)], world_.size());
        };
        const auto group_of = [&](std::size_t epoch) {
            std::vector<int> ranks;
            for (int i = 0; i < size_in(epoch); ++i) ranks.push_back(world_.size() - 1 - i);
            return world_.create_group(ranks);
        };
        const int place = world_.size() - 1 - world_.rank();
        std::size_t epoch = 0;
        while (size_in(epoch) <= place) {
            if (++epoch == sizes.size()) return std::nullopt;
        }

        Part part;
        TrialObserver observer;
        observer.epoch = [&](const EpochRecord& record) { part.epochs.push_back(record); };
        observer.grow = [&](const comm::Communicator& group) -> std::optional<comm::Communicator> {
            if (size_in(++epoch) == group.size()) return std::nullopt;
            return group_of(epoch);
        };
        if (keeps_state) {
            observer.checkpoint = [&](const Checkpoint& state) { part.state = encode(state, {}, "t"); };
        }
        std::size_t steps = 0;
        if (stop_after)
            observer.step = [&](const StepProgress& done) { steps = done.epoch * kStepsPerEpoch + done.step; };
        observer.stop = [&] { return stop_after && steps + 1 >= *stop_after; };
        part.model = train_trial(group_of(epoch), small_.experiment, kDropout, kSeed, observer);
        return part;
    }

    Part train_alone() {
        Part part;
        TrialObserver observer;
        observer.epoch = [&](const EpochRecord& record) { part.epochs.push_back(record); };
        part.model = train_trial(alone_, small_.experiment, kDropout, kSeed, observer);
        return part;
    }

    static void expect_same(const Part& own, const Part& twin) {
        ASSERT_TRUE(own.model.has_value());
        const TrialResult& a = own.model->result;
        const TrialResult& b = twin.model->result;
        EXPECT_EQ(a.status, b.status);
        EXPECT_EQ(a.epochs, b.epochs);
        EXPECT_EQ(a.best_epoch, b.best_epoch);
        EXPECT_EQ(a.best_val_loss, b.best_val_loss);
        EXPECT_EQ(a.validation.loss, b.validation.loss);
        EXPECT_EQ(a.test.loss, b.test.loss);
        EXPECT_EQ(a.weights_sha256, b.weights_sha256);
        EXPECT_EQ(core::sha256(own.model->weights.span()), b.weights_sha256);
        // Who joined late was told the last ones only.
        const std::size_t before = twin.epochs.size() - own.epochs.size();
        for (std::size_t e = 0; e < own.epochs.size(); ++e) {
            EXPECT_EQ(own.epochs[e].epoch, twin.epochs[before + e].epoch);
            EXPECT_EQ(own.epochs[e].training.loss, twin.epochs[before + e].training.loss);
            EXPECT_EQ(own.epochs[e].validation.loss, twin.epochs[before + e].validation.loss);
        }
    }

    static constexpr std::size_t kStepsPerEpoch = 9;
    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    testing_support::SmallExperiment small_;
    TrainingOptions& options_ = small_.experiment.options;

    void SetUp() override {
        options_.shards = 4;
        options_.epochs = 6;
    }
};

TEST_F(GrowTest, BitsDoNotDependOnWhenRanksJoin) {
    const Part twin = train_alone();
    for (const std::vector<int>& sizes : {std::vector{1, 2, 2, 4}, {1, 4}, {2, 3}, {1, 1, 1, 1, 1, 2}, {1, 2, 3, 4}}) {
        for (const bool keeps_state : {false, true}) {
            SCOPED_TRACE(
                fmt::format("sizes {}, {} checkpoints", fmt::join(sizes, " "), keeps_state ? "with" : "without"));
            if (const auto part = train(sizes, keeps_state)) expect_same(*part, twin);
        }
    }
}

TEST_F(GrowTest, NewcomersKnowTheBestWeightsAndHowLongToWait) {
    options_.epochs = 60;
    options_.patience = 2;
    options_.restore_best_weights = true;
    options_.optimizer.learning_rate = 0.05;  // overfits soon
    const Part twin = train_alone();
    ASSERT_EQ(twin.model->result.status, Status::early_stopped);
    const auto epochs = static_cast<int>(twin.epochs.size());
    ASSERT_GE(epochs, 4);
    // In each boundary between two epochs, those after the best one included.
    for (int boundary = 1; boundary < epochs; ++boundary) {
        SCOPED_TRACE(fmt::format("after epoch {}", boundary));
        std::vector<int> sizes(static_cast<std::size_t>(boundary), 1);
        sizes.push_back(4);
        if (const auto part = train(sizes, false)) expect_same(*part, twin);
    }
}

TEST_F(GrowTest, NobodyIsAskedToJoinATrialThatHasEnded) {
    const Part twin = train_alone();
    // Epoch 6 does not exist: if the first rank were asked about it, it would wait for ranks that never come.
    if (world_.rank() == world_.size() - 1) expect_same(*train({1, 1, 1, 1, 1, 1, 4}, false), twin);
}

TEST_F(GrowTest, AStopInTheFirstStepTogetherLosesNothing) {
    const Part twin = train_alone();
    for (const std::size_t steps : {kStepsPerEpoch + 1, 2 * kStepsPerEpoch + 5}) {
        const auto part = train({1, 4}, true, steps);
        std::string state = part ? part->state : "";
        EXPECT_FALSE(part && part->model.has_value());
        world_.broadcast(state, world_.size() - 1);
        const Checkpoint start = decode(state, {}, "t", nn::ParameterLayout(small_.experiment.architecture).size());
        EXPECT_EQ(start.epoch * kStepsPerEpoch + start.step, steps);
        const auto model = train_trial(alone_, small_.experiment, kDropout, kSeed, {},
                                       decode(state, {}, "t", twin.model->weights.size()));
        EXPECT_EQ(model->result.weights_sha256, twin.model->result.weights_sha256);
        EXPECT_EQ(model->result.test.loss, twin.model->result.test.loss);
    }
}

}  // namespace
}  // namespace dropsweep::train
