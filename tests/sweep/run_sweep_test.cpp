// Sweeps on all ranks of the test: results, times, stops and what is kept.
#include "dropsweep/sweep/run_sweep.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/kept_states.hpp"
#include "../support/lambda_host.hpp"
#include "../support/lambda_observer.hpp"
#include "../support/recorder.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"
#include "sweeps.hpp"

// Three ranks, six trials; a free rank takes the next one, and rank 0 is no exception:
//
//     rank 0  | p0.6-s1 | p0.3-s2 ........ |          Each group's trials follow each other without overlap;
//     rank 1  | p0.6-s2 | p0-s1 | p0-s2 |             the rest of the time is idle.
//     rank 2  | p0.3-s1      |
//     time    0 ------------------------------> sweep_seconds

namespace dropsweep::sweep {
namespace {

using testing_support::Recorder;
using testing_support::SmallExperiment;

/// Told by the coordinator's thread while rank 0 is at something else.
struct CountingRecorder : Recorder {
    using Recorder::Recorder;
    void on_step(std::size_t trial, const train::StepProgress& progress) override {
        Recorder::on_step(trial, progress);
        ++steps_told;
    }
    void on_outcome(std::size_t trial, const TrialOutcome& outcome) override {
        Recorder::on_outcome(trial, outcome);
        ++outcomes_told;
    }
    std::atomic<std::size_t> steps_told = 0;
    std::atomic<std::size_t> outcomes_told = 0;
};

class RunSweepTest : public testing::Test {
  protected:
    /// Runs the sweep; the recorder is filled on rank 0. Collective over the world.
    SweepEnd run(const std::vector<Trial>& trials, PlanRequest request, Recorder& recorder,
                 testing_support::LambdaHost host = {}) {
        request.leaves = small_.experiment.leaves();
        plan_ = make_plan(trials, world_.size(), request);
        host.listeners = {&recorder};
        return run_sweep(world_, plan_, trials, small_.experiment, EpochForecast(small_.experiment.options), host);
    }
    bool is_rank_zero() const { return world_.rank() == 0; }

    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    SmallExperiment small_;
    train::TrainingOptions& options_ = small_.experiment.options;
    Plan plan_;
};

TEST_F(RunSweepTest, EveryTrialIsInItsSlotWithTheBitsOfOneRank) {
    const std::vector<Trial> trials = trials_of("0,0.3,0.6", {1, 2});
    std::vector<train::TrialResult> twins;
    options_.leaf_rows = 4;
    for (const Trial& trial : trials) {
        twins.push_back(train::train_trial(alone_, small_.experiment, trial.dropout.rates(), trial.seed,
                                           testing_support::no_observer)
                            ->result);
    }
    for (int ranks_per_trial = 1; ranks_per_trial <= world_.size(); ++ranks_per_trial) {
        SCOPED_TRACE(fmt::format("{} ranks per trial", ranks_per_trial));
        Recorder recorder(trials.size());
        EXPECT_EQ(SweepEnd::all_succeeded, run(trials, {.ranks_per_trial = ranks_per_trial}, recorder));
        if (!is_rank_zero()) continue;
        EXPECT_EQ(recorder.ends, 1);
        for (std::size_t t = 0; t < trials.size(); ++t) {
            SCOPED_TRACE(trials[t].id());
            ASSERT_EQ(recorder.outcomes[t].size(), 1u);
            const TrialOutcome& outcome = recorder.outcomes[t].front();
            train::expect_same(outcome.result, twins[t]);
            EXPECT_EQ(outcome.message, "");
            EXPECT_THAT(recorder.epochs[t], testing::ElementsAre(0, 1, 2));
        }
    }
}

TEST_F(RunSweepTest, TheFirstRankOfTheGroupKeepsTheModel) {
    options_.leaf_rows = 4;
    const std::vector<Trial> trials = trials_of("0,0.5", {1, 2, 3});
    for (int ranks_per_trial = 1; ranks_per_trial <= world_.size(); ++ranks_per_trial) {
        std::map<std::string, system::Digest> kept;
        testing_support::LambdaHost host;
        host.keep = [&](const Trial& trial, const train::TrainedModel& model) {
            EXPECT_TRUE(kept.emplace(trial.id(), model.result.weights_sha256).second) << trial.id() << " kept twice";
            EXPECT_EQ(system::sha256(model.weights.span()), model.result.weights_sha256);
        };
        Recorder recorder(trials.size());
        run(trials, {.ranks_per_trial = ranks_per_trial}, recorder, host);
        for (std::size_t t = 0; t < trials.size(); ++t) {
            const auto own = kept.find(trials[t].id());
            std::vector<int> keepers;
            const std::vector<int> has = world_.all_gather(own != kept.end() ? 1 : 0);
            for (int rank = 0; rank < world_.size(); ++rank) {
                if (has[static_cast<std::size_t>(rank)] == 1) keepers.push_back(rank);
            }
            ASSERT_EQ(keepers.size(), 1u) << trials[t].id();
            system::Digest digest = own != kept.end() ? own->second : system::Digest{};
            world_.broadcast(std::span<std::uint8_t>(digest), keepers.front());
            if (!is_rank_zero()) continue;
            EXPECT_EQ(keepers.front(), recorder.outcomes[t].front().span.group.first_rank);
            EXPECT_EQ(digest, recorder.outcomes[t].front().result.weights_sha256);
        }
    }
}

TEST_F(RunSweepTest, TimeOfTheRanksIsTheirTrialsAndTheirIdleTime) {
    const std::vector<Trial> trials = trials_of("0,0.5", {1, 2, 3, 4});
    Recorder recorder(trials.size());
    run(trials, {}, recorder);
    if (!is_rank_zero()) return;
    std::map<int, std::vector<Span>> of_group;
    for (const auto& outcomes : recorder.outcomes) {
        of_group[outcomes.front().span.group.first_rank].push_back(outcomes.front().span);
    }
    double busy = 0;
    for (auto& [rank, spans] : of_group) {
        double last_end = 0;
        std::ranges::sort(spans, {}, &Span::start_seconds);
        for (const Span& span : spans) {
            EXPECT_GE(span.start_seconds, last_end);
            EXPECT_GT(span.seconds, 0);
            last_end = span.start_seconds + span.seconds;
            busy += span.seconds;
        }
    }
    EXPECT_NEAR(recorder.idle_share, 1 - busy / (world_.size() * recorder.sweep_seconds), 1e-9);
    EXPECT_GT(recorder.idle_share, 0);
}

TEST_F(RunSweepTest, UnusedRanksAreIdleFromStartToEnd) {
    const std::vector<Trial> trials = trials_of("0.5", {1});
    Recorder recorder(trials.size());
    EXPECT_EQ(SweepEnd::all_succeeded, run(trials, {}, recorder));
    EXPECT_EQ(plan_.unused_ranks().size(), static_cast<std::size_t>(world_.size() - 1));
    if (!is_rank_zero()) return;
    EXPECT_GT(recorder.idle_share, static_cast<double>(world_.size() - 1) / world_.size());
    EXPECT_LT(recorder.idle_share, 1);
}

/// Rank 0 keeps its core busy, as a long step does, until the others have been through all that is left.
TEST_F(RunSweepTest, BusyRankZeroKeepsNobodyWaiting) {
    if (world_.size() == 1) GTEST_SKIP() << "there is nobody else";
    options_.epochs = 1;
    const std::vector<Trial> trials = trials_of("0.5", std::vector<std::uint64_t>(20));
    CountingRecorder recorder(trials.size());
    bool was_busy = false;
    testing_support::LambdaHost host;
    host.keep = [&](const Trial&, const train::TrainedModel&) {
        if (!is_rank_zero() || std::exchange(was_busy, true)) return;
        const auto in_vain = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (recorder.outcomes_told < trials.size() - 1 && std::chrono::steady_clock::now() < in_vain) continue;
        EXPECT_EQ(recorder.outcomes_told, trials.size() - 1);
    };
    EXPECT_EQ(SweepEnd::all_succeeded, run(trials, {.ranks_per_trial = 1}, recorder, host));
    EXPECT_EQ(was_busy, is_rank_zero());
}

TEST_F(RunSweepTest, DivergedTrialsAreReportedButNotKept) {
    options_.optimizer.learning_rate = 1e30;
    const std::vector<Trial> trials = trials_of("0,0.5", {1, 2});
    int kept = 0;
    testing_support::LambdaHost host;
    host.keep = [&](const Trial&, const train::TrainedModel&) { ++kept; };
    Recorder recorder(trials.size());
    EXPECT_EQ(SweepEnd::some_failed, run(trials, {}, recorder, host));
    EXPECT_EQ(kept, 0);
    if (!is_rank_zero()) return;
    for (const auto& outcomes : recorder.outcomes) {
        ASSERT_EQ(outcomes.size(), 1u);
        EXPECT_EQ(outcomes.front().result.status, train::Status::diverged);
    }
}

TEST_F(RunSweepTest, StepsAreReportedNowAndThen) {
    options_.batch_size = 2;
    options_.epochs = 1'000'000;
    const std::vector<Trial> trials = trials_of("0.5", {1});
    CountingRecorder recorder(trials.size());
    testing_support::LambdaHost host;
    host.stops = [&] { return recorder.steps_told >= 2; };
    EXPECT_EQ(SweepEnd::stopped, run(trials, {}, recorder, host));
    if (!is_rank_zero()) return;
    EXPECT_LE(static_cast<double>(recorder.steps.size()), recorder.sweep_seconds / 0.2);
    for (const train::StepProgress& step : recorder.steps) {
        EXPECT_LT(step.epoch, options_.epochs);
        EXPECT_TRUE(step.samples == 107 || step.samples % 2 == 0) << step.samples;
        EXPECT_LE(step.samples, 107u);
    }
    EXPECT_TRUE(std::ranges::is_sorted(
        recorder.steps, {}, [](const train::StepProgress& step) { return step.epoch * 1000 + step.samples; }));
}

TEST_F(RunSweepTest, StopsEverywhereWhenOneRankAsksAndGoesOnWithTheSameBits) {
    options_.leaf_rows = 4;
    options_.epochs = 6;
    const std::vector<Trial> trials = trials_of("0,0.3,0.6", {1, 2});
    Recorder whole(trials.size());
    run(trials, {}, whole);
    for (int asking = 0; asking < world_.size(); ++asking) {
        SCOPED_TRACE(fmt::format("rank {} asks", asking));
        testing_support::KeptStates states;
        testing_support::LambdaHost host;
        // Steps 20 to 29 of each trial's 54 are in its third epoch; the first to get there asks.
        std::atomic<std::size_t> steps = 0;
        host.stops = [&] { return world_.rank() == asking && ++steps > 20; };
        states.save_from(host);
        Recorder first(trials.size());
        ASSERT_EQ(run(trials, {}, first, host), SweepEnd::stopped);
        states.share(world_);

        const std::set<std::size_t> ended = testing_support::ended_trials(world_, first);
        host.stops = [] { return false; };
        states.load_into(host, small_.experiment.architecture);
        const Plan plan = make_plan(trials, world_.size(), {.leaves = 4, .ranks_per_trial = 1}, ended);
        Recorder second(trials.size());
        host.listeners = {&second};
        EXPECT_EQ(run_sweep(world_, plan, trials, small_.experiment, EpochForecast(small_.experiment.options), host),
                  SweepEnd::all_succeeded);
        if (!is_rank_zero()) continue;
        EXPECT_LT(ended.size(), trials.size());
        for (std::size_t t = 0; t < trials.size(); ++t) {
            SCOPED_TRACE(trials[t].id());
            const Recorder& ender = ended.contains(t) ? first : second;
            ASSERT_EQ(ender.outcomes[t].size(), 1u);
            train::expect_same(ender.outcomes[t].front().result, whole.outcomes[t].front().result);
            if (ended.contains(t)) continue;
            // What was trained before the stop is told as history, the rest as epochs: each once.
            std::vector<std::uint32_t> told = second.resumed[t];
            told.insert(told.end(), second.epochs[t].begin(), second.epochs[t].end());
            EXPECT_THAT(told, testing::ElementsAre(0, 1, 2, 3, 4, 5));
        }
    }
}

TEST_F(RunSweepTest, SweepsFollowEachOther) {
    options_.epochs = 1;
    options_.leaf_rows = 4;
    const std::vector<Trial> trials = trials_of("0.5", {1, 2});
    for (int sweep = 0; sweep < 3; ++sweep) {
        Recorder recorder(trials.size());
        EXPECT_EQ(SweepEnd::all_succeeded, run(trials, {}, recorder));
        EXPECT_EQ(recorder.ends, is_rank_zero() ? 1 : 0);
    }
}

}  // namespace
}  // namespace dropsweep::sweep
