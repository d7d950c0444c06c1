// A trial that is stopped and continued ends with the bits of one that was left alone.
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"

// A trial that is stopped and continued must not differ from one that was left alone, wherever it is stopped and
// whoever goes on with it. The small experiment has 9 steps an epoch:
//
//     stop after 1   |-|--------|---------|---------|
//     stop after 9   |---------|---------|---------|      (at the end of an epoch the next step stops it)
//     every 4 steps  |----|----|-|---|----|--|--|----|---|

namespace dropsweep::train {
namespace {

constexpr std::size_t kStepsPerEpoch = 9;
constexpr double kDropout = 0.4;
constexpr std::uint64_t kSeed = 7;
constexpr system::Digest kIdentity{};

struct End {
    std::optional<TrainedModel> model;  ///< none: stopped
    std::string state;                  ///< the last checkpoint, on the group's first rank
    std::vector<EpochRecord> epochs;    ///< that were told
};

class ContinueTest : public testing::Test {
  protected:
    /// Trains from `state` until `steps` more steps are done; the ranks that `asks` names ask for the stop.
    End go_on(const comm::Communicator& group, const std::string& state, std::size_t steps, int asks = -1) {
        End end;
        std::size_t done = 0;
        testing_support::LambdaObserver observer;
        observer.step = [&](const StepProgress&) { ++done; };
        observer.interrupt = [&] { return done + 1 >= steps && (asks < 0 || asks == group.rank()); };
        observer.epoch = [&](const EpochRecord& record) { end.epochs.push_back(record); };
        if (group.rank() == 0) {
            observer.checkpoint = [&](const Checkpoint& checkpoint) { end.state = encode(checkpoint, kIdentity, "t"); };
        }
        std::optional<Checkpoint> start;
        if (!state.empty()) {
            start = decode(state, kIdentity, "t", nn::ParameterLayout(small_.experiment.architecture).size(),
                           optim::definition_of(options_.optimizer.rule).moments);
        }
        end.model = train_trial(group, small_.experiment, kDropout, kSeed, observer, std::move(start));
        return end;
    }
    End from_start_to_end(const comm::Communicator& group) { return go_on(group, "", 1000); }

    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    testing_support::SmallExperiment small_;
    TrainingOptions& options_ = small_.experiment.options;

    void SetUp() override { options_.leaf_rows = 4; }
};

TEST_F(ContinueTest, FromAnyStepByOneRankOrAll) {
    options_.epochs = 2;
    options_.optimizer.momentum = 0.9;
    for (const optim::Rule rule : {optim::Rule::rmsprop, optim::Rule::adam, optim::Rule::sgd}) {
        options_.optimizer.rule = rule;
        const End whole = from_start_to_end(alone_);
        for (std::size_t steps = 1; steps < 2 * kStepsPerEpoch; ++steps) {
            SCOPED_TRACE(fmt::format("{} stopped after {} steps", to_string(rule), steps));
            // At the last step of an epoch the epoch is ended first: the step after it stops.
            const bool ends_epoch = steps % kStepsPerEpoch == 0;
            End first = go_on(world_, "", steps);
            ASSERT_FALSE(first.model.has_value());
            EXPECT_EQ(first.epochs.size(), (steps + (ends_epoch ? 1 : 0)) / kStepsPerEpoch);
            world_.broadcast(first.state, 0);
            const Checkpoint state =
                decode(first.state, kIdentity, "t", whole.model->weights.size(), optim::definition_of(rule).moments);
            EXPECT_EQ(state.epoch * kStepsPerEpoch + state.step, steps + (ends_epoch ? 1 : 0));
            for (const comm::Communicator* group : {&alone_, &world_}) {
                const End second = go_on(*group, first.state, 1000);
                ASSERT_TRUE(second.model.has_value());
                expect_same(*second.model, *whole.model);
                std::vector<EpochRecord> told = first.epochs;
                told.insert(told.end(), second.epochs.begin(), second.epochs.end());
                expect_same(told, whole.epochs);
            }
        }
    }
}

TEST_F(ContinueTest, ManyTimesWithEarlyStoppingAndTheBestWeights) {
    options_.epochs = 60;
    options_.patience = 2;
    options_.restore_best_weights = true;
    options_.optimizer.learning_rate = 0.05;  // overfits soon
    const End whole = from_start_to_end(alone_);
    ASSERT_EQ(whole.model->result.status, Status::early_stopped);
    End end;
    for (std::size_t part = 0; !end.model; ++part) {
        ASSERT_LT(part, 100u);
        std::string state = end.state;
        world_.broadcast(state, 0);
        // A part on all ranks and a part on one, in turn.
        end = go_on(part % 2 == 0 ? world_ : alone_, state, 4);
    }
    expect_same(*end.model, *whole.model);
}

TEST_F(ContinueTest, OneRankThatAsksIsEnough) {
    for (int asks = 0; asks < world_.size(); ++asks) {
        const End end = go_on(world_, "", 5, asks);
        EXPECT_FALSE(end.model.has_value());
        const std::vector<int> stopped = world_.all_gather(end.model ? 0 : 1);
        EXPECT_EQ(stopped, std::vector<int>(stopped.size(), 1));
    }
}

TEST_F(ContinueTest, TheStateAfterTheLastEpochLeadsToTheSameEnd) {
    // Killed between the last epoch and the model: what is left is the state with nothing more to train.
    for (const bool stops_early : {false, true}) {
        options_.patience = stops_early ? std::optional(1U) : std::nullopt;
        options_.epochs = stops_early ? 60 : 2;
        options_.optimizer.learning_rate = 0.05;
        const End whole = from_start_to_end(world_);
        EXPECT_EQ(whole.model->result.status, stops_early ? Status::early_stopped : Status::completed);
        std::string state = whole.state;
        world_.broadcast(state, 0);
        const End again = go_on(alone_, state, 1000);
        EXPECT_TRUE(again.epochs.empty());
        expect_same(*again.model, *whole.model);
    }
}

}  // namespace
}  // namespace dropsweep::train
