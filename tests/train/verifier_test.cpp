// Verified steps: who computes wrong is found, and the step is put right.
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/text/error.hpp"
#include "dropsweep/train/step_repeater.hpp"
#include "dropsweep/train/train_trial.hpp"

#include "../support/lambda_observer.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"

namespace dropsweep::train {
namespace {

constexpr double kDropout = 0.4;
constexpr std::uint64_t kSeed = 5;

/// What a verified trial finds.
struct Found {
    int rank;
    std::uint32_t epoch;
    std::uint64_t step;
    bool operator==(const Found&) const = default;
};

class VerifierTest : public testing::Test {
  protected:
    VerifierTest() {
        small_.experiment.options.leaf_rows = 1;
        small_.experiment.options.batch_size = 6;  // 18 steps an epoch: a whole block and a short one
    }

    using Disturb = std::function<void(const StepProgress&, StepBuffer, std::span<std::byte>)>;
    /// @param found  on rank 0
    TrainedModel train(double verify, const Disturb& disturb, std::vector<Found>& found) {
        small_.experiment.options.verify = verify;
        testing_support::LambdaObserver observer;
        observer.alter = disturb;
        observer.repeated_by = repeaters_;
        losses_.clear();
        observer.epoch = [&](const EpochRecord& record) { losses_.push_back(record.training.loss); };
        observer.corruption = [&](int rank, const StepProgress& at) { found.push_back({rank, at.epoch, at.step}); };
        return std::move(train_trial(world_, small_.experiment, kDropout, kSeed, observer).value());
    }
    TrainedModel train(double verify) {
        std::vector<Found> found;
        TrainedModel model = train(verify, {}, found);
        EXPECT_THAT(found, testing::IsEmpty());
        return model;
    }

    comm::Communicator world_ = comm::Communicator::world();
    testing_support::SmallExperiment small_;
    Repeaters* repeaters_ = nullptr;
    std::vector<double> losses_;  ///< of the epochs of the last trial
};

TEST_F(VerifierTest, ChangesNoBit) {
    const TrainedModel twin = train(0);
    for (const double share : {0.3, 1.0}) expect_same(train(share), twin);
}

TEST_F(VerifierTest, ChangesNoBitOfOtherProducts) {
    for (const linalg::GemmConfiguration configuration :
         {linalg::GemmConfiguration{linalg::Precision::fp32, linalg::Gemm::openblas},
          linalg::GemmConfiguration{linalg::Precision::bf16}}) {
        small_.experiment.options.gemm_configuration = configuration;
        try {
            const TrainedModel twin = train(0);
            expect_same(train(1), twin);
        } catch (const Error& error) {
            ASSERT_THAT(error.what(), testing::HasSubstr("oneDNN"));
        }
    }
}

/// Once in the first computation of a step, and once in the second one.
TEST_F(VerifierTest, FindsWhoComputesWrongAndPutsTheStepRight) {
    const TrainedModel twin = train(0);
    const std::vector<double> twin_losses = losses_;
    for (const StepBuffer buffer : {StepBuffer::weights, StepBuffer::activations, StepBuffer::gradients}) {
        for (int rank = 0; rank < world_.size(); ++rank) {
            for (int computation = 0; computation < 2; ++computation) {
                const std::uint64_t step =
                    std::array<std::uint64_t, 4>{1, 4, 16, 17}.at(static_cast<std::size_t>(rank + computation) % 4);
                SCOPED_TRACE(fmt::format("buffer {}, rank {}, computation {}, step {}", static_cast<int>(buffer), rank,
                                         computation, step));
                int calls = 0;
                std::vector<Found> found;
                const TrainedModel model = train(
                    1,
                    [&](const StepProgress& at, StepBuffer of, std::span<std::byte> bytes) {
                        const bool is_there = at.epoch == 1 && at.step == step && of == buffer && world_.rank() == rank;
                        if (!is_there || calls++ != computation) return;
                        // A large number, whatever it was; where an activation is zero it would not be looked at.
                        const std::span<float> values(reinterpret_cast<float*>(bytes.data()),
                                                      bytes.size() / sizeof(float));
                        for (float& value : values) {
                            if (value != 0) value *= -1;
                        }
                    },
                    found);
                expect_same(model, twin);
                EXPECT_EQ(losses_, twin_losses);
                if (world_.rank() != 0) continue;
                ASSERT_EQ(found.size(), 1u);
                // All ranks of a node read the weights that one of them has spoilt.
                if (buffer == StepBuffer::weights) found.front().rank = rank;
                EXPECT_EQ(found.front(), (Found{rank, 1, step}));
            }
        }
    }
}

/// Where a rank is wrong each time, a majority names it, but has no step to go on with.
TEST_F(VerifierTest, ARankThatIsAlwaysWrongIsNamed) {
    if (world_.size() == 1) GTEST_SKIP() << "skipped: needs more ranks";
    for (int rank = 0; rank < world_.size(); ++rank) {
        std::vector<Found> found;
        const auto spoil = [&](const StepProgress& at, StepBuffer of, std::span<std::byte> bytes) {
            if (at.epoch == 1 && at.step == 4 && of == StepBuffer::gradients && world_.rank() == rank) {
                reinterpret_cast<float&>(bytes.front()) += 1;
            }
        };
        try {
            train(1, spoil, found);
            FAIL();
        } catch (const AgreedError& error) {
            EXPECT_THAT(error.what(),
                        testing::HasSubstr(world_.size() == 2 ? "ranks 0 and 1 find different results"
                                                              : fmt::format("rank {} computes a step wrong", rank)));
        }
        if (world_.rank() == 0 && world_.size() > 2) {
            EXPECT_THAT(found, testing::ElementsAre(Found{rank, 1, 4}));
        }
    }
}

/// A group of one among imaginary other ranks, which take their time and may be wrong.
class AloneTest : public VerifierTest, public Repeaters {
  protected:
    AloneTest() {
        // Of a group of its own.
        world_ = world_.split(world_.rank(), 0);
    }

    int count() const override { return ranks_; }
    int rank_of(int /*part*/, int turn) const override { return turn % ranks_; }
    void ask(int turn, const Steps& steps, const StepState& start) override {
        asked_.push_back(turn);
        looks_ = 0;
        answer_ = repeater().repeat(steps, start.weights.span(), start.moments.span());
        const bool has_step = steps.epoch == 1 && steps.begin <= 4 && 4 < steps.begin + steps.count;
        if (rank_of(0, turn) == wrong_rank_ && has_step && wrong_times_-- > 0) answer_[4 - steps.begin].gradients ^= 1;
    }
    bool has_answer() override { return ++looks_ > 2; }
    std::vector<StepEvidence> answer() override { return answer_; }

    StepRepeater& repeater() {
        if (!repeater_) repeater_.emplace(world_.duplicate(), small_.experiment);
        return *repeater_;
    }
    /// Of ranks, the first of which is the trial's, one is wrong so often.
    std::vector<Found> found_with(int ranks, int wrong_rank, int times, double share = 1) {
        small_.experiment.options.verify = 0;
        const TrainedModel twin =
            std::move(train_trial(world_, small_.experiment, kDropout, kSeed, testing_support::no_observer).value());
        ranks_ = ranks;
        wrong_rank_ = wrong_rank;
        wrong_times_ = times;
        asked_.clear();
        std::vector<Found> found;
        repeaters_ = this;
        const TrainedModel model = train(
            share,
            [&](const StepProgress& at, StepBuffer of, std::span<std::byte> bytes) {
                const bool is_there = at.epoch == 1 && at.step == 5 && of == StepBuffer::gradients;
                if (is_there && wrong_rank_ == 0 && wrong_times_-- > 0) reinterpret_cast<float&>(bytes.front()) += 1;
            },
            found);
        expect_same(model, twin);
        return found;
    }

    std::vector<int> asked_;  ///< turns

  private:
    int ranks_ = 1;
    int wrong_rank_ = 0;
    int wrong_times_ = 0;
    int looks_ = 0;
    std::optional<StepRepeater> repeater_;
    std::vector<StepEvidence> answer_;
};

TEST_F(AloneTest, OthersMakeTheStepsAgain) {
    EXPECT_THAT(found_with(3, 0, 0), testing::IsEmpty());
    EXPECT_EQ(asked_, std::vector(6, 1));  // two blocks of each epoch
    EXPECT_THAT(found_with(3, 0, 0, 0.4), testing::IsEmpty());
}

TEST_F(AloneTest, WhoIsWrongOnceIsFound) {
    for (const int ranks : {1, 2, 3}) {
        EXPECT_THAT(found_with(ranks, 0, 1), testing::ElementsAre(Found{0, 1, 5}));
    }
    for (const int ranks : {2, 3}) {
        EXPECT_THAT(found_with(ranks, 1, 1), testing::ElementsAre(Found{1, 1, 5}));
    }
}

TEST_F(AloneTest, WhoIsAlwaysWrongIsFoundByTwoOthers) {
    EXPECT_THAT(found_with(3, 1, 100), testing::ElementsAre(Found{1, 1, 5}));
    EXPECT_THROW(found_with(3, 0, 100), AgreedError);
    EXPECT_THROW(found_with(2, 1, 100), AgreedError);
}

TEST_F(VerifierTest, ThreeResultsAreNoMajority) {
    std::vector<Found> found;
    float factor = 2;
    const auto spoil = [&](const StepProgress& at, StepBuffer of, std::span<std::byte> bytes) {
        if (at.epoch != 1 || at.step != 4 || of != StepBuffer::gradients || world_.rank() != 0) return;
        for (std::size_t i = 0; i < bytes.size() / sizeof(float); ++i)
            reinterpret_cast<float*>(bytes.data())[i] *= factor;
        factor *= 2;
    };
    EXPECT_THROW(train(1, spoil, found), AgreedError);
}

/// Without a second look only what a hash of the weights tells is known, and on one node there is one copy of them.
TEST_F(VerifierTest, OnlyChosenStepsAreLookedAt) {
    small_.experiment.options.epochs = 10;
    std::size_t calls = 0;
    std::vector<Found> found;
    train(
        0.5, [&](const StepProgress&, StepBuffer of, std::span<std::byte>) { calls += of == StepBuffer::weights; },
        found);
    const std::size_t steps = 10 * 18;
    EXPECT_GT(calls, steps + steps / 4);
    EXPECT_LT(calls, 2 * steps - steps / 4);
}

}  // namespace
}  // namespace dropsweep::train
