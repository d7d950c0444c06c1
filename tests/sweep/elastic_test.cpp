// Groups that grow while they train change no bit of a result.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/run_sweep.hpp"

#include "../support/kept_states.hpp"
#include "../support/lambda_host.hpp"
#include "../support/lambda_observer.hpp"
#include "../support/recorder.hpp"
#include "../support/same_trial.hpp"
#include "../support/small_experiment.hpp"

// Every rank begins a trial of its own; trials of different lengths end one after the other, and their ranks join those
// that go on:
//
//     rank 0  | p0.6-s1 ................................................ |
//     rank 1  | p0.4-s1 .................. | p0.6-s1 ................... |
//     rank 2  | p0.2-s1 ......... | p0.4-s1 ... | p0.6-s1 .............. |
//     rank 3  | p0-s1 | p0.6-s1 ........................................ |

namespace dropsweep::sweep {
namespace {

using testing_support::Recorder;
using testing_support::SmallExperiment;

/// Told when the group of a trial grows, while the newcomers are on their way.
struct GrowthRecorder : Recorder {
    using Recorder::Recorder;
    void on_join(std::size_t trial, const Group& ranks, double start_seconds) override {
        if (!joined[trial].empty()) {
            ++growths;
            if (on_growth) on_growth();
        }
        Recorder::on_join(trial, ranks, start_seconds);
    }
    int growths = 0;
    std::function<void()> on_growth;
};

class ElasticTest : public testing::Test {
  protected:
    void SetUp() override {
        options_.leaf_rows = 4;
        options_.epochs = 60;
        options_.patience = 3;  // they train for 14, 10, 19 and 30 epochs
        for (const Trial& trial : trials_) {
            twins_.push_back(train::train_trial(alone_, small_.experiment, trial.dropout.rates(), trial.seed,
                                                testing_support::no_observer)
                                 ->result);
        }
    }

    SweepEnd run(Recorder& recorder, bool elastic, testing_support::LambdaHost host = {},
                 const std::set<std::size_t>& ended = {}) {
        const Plan plan =
            make_plan(trials_, world_.size(), {.leaves = 4, .ranks_per_trial = 1, .elastic = elastic}, ended);
        host.listeners = {&recorder};
        return run_sweep(world_, plan, trials_, small_.experiment, EpochForecast(small_.experiment.options), host);
    }

    /// What makes the trials long enough for others to join, and their ends come in another order each time.
    static std::vector<InjectedFault> delays(std::uint64_t seed) {
        InjectedFault delay;
        delay.action = InjectedFault::Action::delay;
        delay.seed = seed;
        return {delay};
    }
    bool is_rank_zero() const { return world_.rank() == 0; }

    comm::Communicator world_ = comm::Communicator::world();
    comm::Communicator alone_ = world_.split(world_.rank(), 0);
    SmallExperiment small_;
    train::TrainingOptions& options_ = small_.experiment.options;
    std::vector<Trial> trials_ = make_trials(parse_dropout_list("0:0.6:0.2"), {1});
    std::vector<train::TrialResult> twins_;
};

TEST_F(ElasticTest, TheBitsAreThoseOfOneRankWithAndWithoutGrowth) {
    for (const bool elastic : {true, false}) {
        for (const std::uint64_t seed : {1u, 2u, 3u}) {
            SCOPED_TRACE(fmt::format("elastic {}, delays {}", elastic, seed));
            testing_support::LambdaHost host;
            host.injected_faults = delays(seed);
            GrowthRecorder recorder(trials_.size());
            EXPECT_EQ(run(recorder, elastic, host), SweepEnd::all_succeeded);
            if (!is_rank_zero()) continue;
            EXPECT_EQ(recorder.growths > 0, elastic && world_.size() > 1);
            for (std::size_t t = 0; t < trials_.size(); ++t) {
                ASSERT_EQ(recorder.outcomes[t].size(), 1u);
                SCOPED_TRACE(trials_[t].id());
                train::expect_same(recorder.outcomes[t].front().result, twins_[t]);
                EXPECT_EQ(recorder.epochs[t].size(), twins_[t].epochs);
            }
        }
    }
}

TEST_F(ElasticTest, TimeOfTheRanksIsThatOfTheTrialsThatTheyWereIn) {
    GrowthRecorder recorder(trials_.size());
    run(recorder, true);
    if (!is_rank_zero()) return;
    EXPECT_GT(recorder.idle_share, 0);
    // The ranks that were there at the end of a trial were in it from some moment on.
    double most = 0;
    for (const auto& outcomes : recorder.outcomes)
        most += outcomes.front().span.group.ranks * outcomes.front().span.seconds;
    EXPECT_GE(most + 1e-9, world_.size() * recorder.sweep_seconds * (1 - recorder.idle_share));
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        int ranks = 0;
        for (const Group& group : recorder.joined[t]) ranks += group.ranks;
        EXPECT_EQ(recorder.outcomes[t].front().span.group.ranks, ranks);
        EXPECT_LE(ranks, 4);
        EXPECT_TRUE(std::ranges::is_sorted(recorder.group_sizes[t])) << "a group never shrinks";
    }
}

/// Stops in the middle of the first growth: the group and the newcomers are still on their way to each other.
TEST_F(ElasticTest, AStopWhileAGroupGrowsLosesNothing) {
    if (world_.size() == 1) GTEST_SKIP() << "there is nobody to join";
    testing_support::KeptStates states;
    std::atomic<bool> stop = false;  // set by the coordinator's thread
    GrowthRecorder first(trials_.size());
    first.on_growth = [&] { stop = true; };
    testing_support::LambdaHost host;
    host.injected_faults = delays(1);
    host.stops = [&] { return stop.load(); };
    states.save_from(host);
    ASSERT_EQ(run(first, true, host), SweepEnd::stopped);

    states.share(world_);
    const std::set<std::size_t> ended = testing_support::ended_trials(world_, first);
    ASSERT_LT(ended.size(), trials_.size());

    host = {};
    states.load_into(host, small_.experiment.architecture);
    GrowthRecorder second(trials_.size());
    EXPECT_EQ(run(second, true, host, ended), SweepEnd::all_succeeded);
    if (!is_rank_zero()) return;
    EXPECT_GE(first.growths, 1);
    for (std::size_t t = 0; t < trials_.size(); ++t) {
        const Recorder& ender = ended.contains(t) ? static_cast<const Recorder&>(first) : second;
        ASSERT_EQ(ender.outcomes[t].size(), 1u);
        SCOPED_TRACE(trials_[t].id());
        train::expect_same(ender.outcomes[t].front().result, twins_[t]);
    }
}

TEST_F(ElasticTest, WhoIsPromisedToATrialThatDivergesIsFreeAgain) {
    options_.optimizer.learning_rate = 1e30;  // none of them comes to the end of an epoch at which it could grow
    GrowthRecorder recorder(trials_.size());
    EXPECT_EQ(run(recorder, true), SweepEnd::some_failed);
    if (!is_rank_zero()) return;
    for (const auto& outcomes : recorder.outcomes) {
        ASSERT_EQ(outcomes.size(), 1u);
        EXPECT_EQ(outcomes.front().result.status, train::Status::diverged);
    }
}

TEST_F(ElasticTest, OnlyTheFirstRankOfAGroupKeepsStatesAndModel) {
    std::map<std::string, int> kept;
    testing_support::LambdaHost host;
    host.keep = [&](const Trial& trial, const train::TrainedModel&) { ++kept[trial.id()]; };
    host.save = [&](const Trial& trial, const train::Checkpoint&) { kept.try_emplace(trial.id(), 0); };
    GrowthRecorder recorder(trials_.size());
    run(recorder, true, host);
    for (const Trial& trial : trials_) {
        const std::vector<int> models = world_.all_gather(kept.contains(trial.id()) ? kept[trial.id()] : -1);
        EXPECT_EQ(std::ranges::count(models, 1), 1);
        EXPECT_EQ(std::ranges::count(models, -1), world_.size() - 1);
    }
}

}  // namespace
}  // namespace dropsweep::sweep
