// A trial whose group grows ends with the bits of one rank.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"

// A trial whose group grows while it trains must not differ from one that a single rank trained. An epoch has 9 steps;
// with one rank from step 0, two from step 5 and four from step 20, the last rank of the world in front:
//
//     rank 3        |-----|---------------|-------------- ...
//     rank 2              |---------------|-------------- ...
//     ranks 1, 0                          |-------------- ...
//     epochs        |---------|---------|---------|------ ...

namespace dropsweep::train {
namespace {

constexpr double kDropout = 0.4;
constexpr std::uint64_t kSeed = 5;
constexpr std::size_t kStepsPerEpoch = 9;

/// So many ranks train from the end of this step on.
struct Growth {
    std::size_t step;
    int ranks;
};

struct Part {
    std::optional<TrainedModel> model;  ///< none: stopped
    std::vector<EpochRecord> epochs;    ///< that were told on this rank
    std::string state;                  ///< the last checkpoint, on the first rank
};

class GrowTest : public testing::Test {
  protected:
    /// Ranks beyond those of the world are left out. @param stop_after  steps  @return  none: this rank never joins
    std::optional<Part> train(const std::vector<Growth>& growths, std::optional<std::size_t> stop_after = {}) {
        const auto size_of = [&](std::size_t g) { return std::min(growths[g].ranks, world_.size()); };
        const auto group_of = [&](std::size_t g) {
            std::vector<int> ranks;
            for (int i = 0; i < size_of(g); ++i) ranks.push_back(world_.size() - 1 - i);
            return world_.create_group(ranks);
        };
        const int place = world_.size() - 1 - world_.rank();
        std::size_t now = 0;
        while (size_of(now) <= place) {
            if (++now == growths.size()) return std::nullopt;
        }

        Part part;
        std::size_t steps = 0;
        const auto is_due = [&](std::size_t step) { return steps + 1 >= step; };
        testing_support::LambdaObserver observer;
        observer.epoch = [&](const EpochRecord& record) { part.epochs.push_back(record); };
        observer.step = [&](const StepProgress& done) { steps = done.epoch * kStepsPerEpoch + done.step; };
        // Only the first rank knows.
        observer.interrupt = [&] {
            return place == 0 &&
                   ((now + 1 < growths.size() && is_due(growths[now + 1].step)) || (stop_after && is_due(*stop_after)));
        };
        observer.grow_to = [&](const comm::Communicator& group) -> std::optional<comm::Communicator> {
            bool grows = now + 1 < growths.size() && steps >= growths[now + 1].step;
            group.broadcast(grows, 0);
            if (!grows) return std::nullopt;
            return group_of(++now);
        };
        if (place == 0) {
            observer.checkpoint = [&](const Checkpoint& state) { part.state = encode(state, {}, "t"); };
        }
        part.model = train_trial(group_of(now), small_.experiment, kDropout, kSeed, observer);
        return part;
    }

    Part train_alone() {
        Part part;
        testing_support::LambdaObserver observer;
        observer.epoch = [&](const EpochRecord& record) { part.epochs.push_back(record); };
        part.model = train_trial(alone_, small_.experiment, kDropout, kSeed, observer);
        return part;
    }

    static void expect_same_part(const Part& own, const Part& twin) {
        ASSERT_TRUE(own.model.has_value());
        expect_same(*own.model, *twin.model);
        // Who joined late was told the last ones only.
        ASSERT_LE(own.epochs.size(), twin.epochs.size());
        expect_same(own.epochs, std::span(twin.epochs).last(own.epochs.size()));
    }

    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    testing_support::SmallExperiment small_;
    TrainingOptions& options_ = small_.experiment.options;

    void SetUp() override { options_.leaf_rows = 4; }
};

TEST_F(GrowTest, BitsDoNotDependOnWhenRanksJoin) {
    const Part twin = train_alone();
    // At each step of an epoch, the last one included, after which the group grows in the next epoch.
    for (std::size_t step = 1; step <= kStepsPerEpoch + 1; ++step) {
        SCOPED_TRACE(fmt::format("at step {}", step));
        if (const auto part = train({{0, 1}, {step, 4}})) expect_same_part(*part, twin);
    }
    const std::vector<std::vector<Growth>> more = {
        {{0, 1}, {5, 2}, {20, 4}}, {{0, 1}, {3, 2}, {4, 3}, {5, 4}}, {{0, 2}, {18, 3}}, {{0, 3}, {26, 4}}};
    for (const std::vector<Growth>& growths : more) {
        if (const auto part = train(growths)) expect_same_part(*part, twin);
    }
}

TEST_F(GrowTest, NewcomersKnowTheBestWeightsAndHowLongToWait) {
    options_.epochs = 60;
    options_.patience = 2;
    options_.restore_best_weights = true;
    options_.optimizer.learning_rate = 0.05;  // overfits soon
    const Part twin = train_alone();
    ASSERT_EQ(twin.model->result.status, Status::early_stopped);
    ASSERT_GE(twin.epochs.size(), 4u);
    // In every epoch, those after the best one included.
    for (std::size_t step = 2; step < twin.epochs.size() * kStepsPerEpoch; step += kStepsPerEpoch) {
        SCOPED_TRACE(fmt::format("at step {}", step));
        if (const auto part = train({{0, 1}, {step, 4}})) expect_same_part(*part, twin);
    }
}

TEST_F(GrowTest, NobodyIsAskedToJoinATrialThatHasEnded) {
    const Part twin = train_alone();
    // The step after the last does not exist: if the first rank grew then, it would wait for ranks that never come.
    if (world_.rank() == world_.size() - 1) expect_same_part(*train({{0, 1}, {3 * kStepsPerEpoch, 4}}), twin);
}

TEST_F(GrowTest, AStopSoonAfterwardsLosesNothing) {
    const Part twin = train_alone();
    for (const std::size_t steps : {6u, 12u}) {
        const auto part = train({{0, 1}, {5, 4}}, steps);
        EXPECT_FALSE(part && part->model.has_value());
        std::string state = part ? part->state : "";
        world_.broadcast(state, world_.size() - 1);
        const std::size_t parameters = twin.model->weights.size();
        const Checkpoint start = decode(state, {}, "t", parameters);
        EXPECT_EQ(start.epoch * kStepsPerEpoch + start.step, steps);
        const auto model = train_trial(alone_, small_.experiment, kDropout, kSeed, testing_support::no_observer,
                                       decode(state, {}, "t", parameters));
        EXPECT_EQ(model->result.weights_sha256, twin.model->result.weights_sha256);
        EXPECT_EQ(model->result.test.loss, twin.model->result.test.loss);
    }
}

}  // namespace
}  // namespace dropsweep::train
