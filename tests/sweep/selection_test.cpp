// The trials that a decision needs, in the schedule.
#include "dropsweep/sweep/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/schedule.hpp"

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Offer = Schedule::Offer;

constexpr std::size_t kMost = 12;
const DecisionRules kRules{.difference = 0.01, .first_seeds = 10, .most_seeds = kMost};

train::TrialResult result_of(double loss) {
    train::TrialResult result;
    result.status = train::Status::completed;
    result.best_val_loss = loss;
    result.validation.accuracy = 1 - loss;
    return result;
}

/// Of a setting the loss with a seed, from 0: the first two are close to each other, the third one is far off.
double loss_of(std::size_t trial) {
    const double noise = trial % 2 == 0 ? 0.02 : -0.02;
    const std::size_t setting = trial / kMost;
    return setting == 0 ? 0.5 + noise : setting == 1 ? 0.505 - noise : 0.9;
}

TEST(Selection, WantsTheFirstSeedsOfAllThenThoseOfTheSurvivors) {
    Selection selection(kRules, 3);
    std::vector<std::size_t> wanted = selection.wanted();
    EXPECT_THAT(wanted, SizeIs(30));
    wanted.resize(4);
    EXPECT_THAT(wanted, ElementsAre(0, kMost, 2 * kMost, 1)) << "by their seeds";
    EXPECT_FALSE(selection.to_come());
    for (std::size_t setting = 0; setting < 3; ++setting) {
        for (std::size_t seed = 0; seed < 10; ++seed) {
            selection.record(setting * kMost + seed, result_of(loss_of(setting * kMost + seed)));
        }
    }
    EXPECT_THAT(selection.wanted(), ElementsAre(10, kMost + 10));
    EXPECT_THAT(selection.ahead(), ElementsAre(11, kMost + 11));
    EXPECT_FALSE(selection.needs(2 * kMost + 10));
    EXPECT_FALSE(selection.may_need(2 * kMost + 10));
    EXPECT_TRUE(selection.needs(2 * kMost + 9));
    EXPECT_TRUE(selection.may_need(11));
    EXPECT_FALSE(selection.needs(11));
    EXPECT_GE(selection.to_come().value(), 2);
    EXPECT_FALSE(selection.is_over());
    for (const std::size_t seed : {10u, 11u}) {
        for (const std::size_t setting : {0u, 1u}) {
            selection.record(setting * kMost + seed, result_of(loss_of(setting * kMost + seed)));
        }
    }
    EXPECT_TRUE(selection.is_over());
    EXPECT_THAT(selection.wanted(), IsEmpty());
    EXPECT_THAT(selection.ahead(), IsEmpty());
}

TEST(Selection, SeedsOfAllSettingsAreNeededWhateverHappens) {
    Selection selection(kRules, 2, {1, 12});
    for (std::size_t trial = 0; trial < 10; ++trial) {
        selection.record(trial, result_of(0.1));
        selection.record(kMost + trial, result_of(0.9));
    }
    EXPECT_TRUE(selection.is_over());
    EXPECT_THAT(selection.wanted(), ElementsAre(11, kMost + 11));
    EXPECT_FALSE(selection.needs(10));
}

TEST(Selection, JudgesByLossOrByAccuracy) {
    const train::TrialResult result = result_of(0.25);
    EXPECT_EQ(outcome_of(result, false), 0.25);
    EXPECT_EQ(outcome_of(result, true), -0.75);
    EXPECT_TRUE(std::isinf(outcome_of({}, true)));
}

class ScheduleOfADecision : public testing::Test {
  protected:
    Schedule schedule(int ranks) {
        const Selection selection(kRules, 3);
        std::set<std::size_t> ended;
        for (std::size_t trial = 0; trial < trials_.size(); ++trial) ended.insert(trial);
        for (const std::size_t trial : selection.wanted()) ended.erase(trial);
        plan_ = make_plan(trials_, ranks, {.leaves = 1, .ranks_per_trial = {}}, ended);
        return Schedule(plan_, trials_, EpochForecast({}), selection);
    }
    static void end(Schedule& schedule, std::size_t trial) {
        schedule.join(trial, 1);
        schedule.end(trial, 5);
        schedule.record(trial, result_of(loss_of(trial)));
    }
    static std::vector<std::uint64_t> seeds() {
        std::vector<std::uint64_t> seeds;
        for (std::uint64_t seed = 1; seed <= kMost; ++seed) seeds.push_back(seed);
        return seeds;
    }

    std::vector<Trial> trials_ = make_trials(parse_dropout_list("0,0.4,0.8"), seeds());
    Plan plan_;
};

TEST_F(ScheduleOfADecision, NoRankIsIdleAndWhatBecomesNeedlessIsNamed) {
    Schedule schedule = this->schedule(4);
    std::vector<std::size_t> running;
    const auto begin = [&] {
        for (const auto& offers : {schedule.begin(), schedule.lend(), schedule.begin_ahead()}) {
            for (const Offer& offer : offers) running.push_back(offer.trial);
        }
    };
    // All of the first seeds but the last one of the setting that is far off.
    const std::size_t last = 2 * kMost + 9;
    for (begin();
         running.size() < 4 ||
         !std::ranges::all_of(running, [&](std::size_t trial) { return trial == last || trial % kMost >= 10; });
         begin()) {
        const auto next = std::ranges::find_if(running, [&](std::size_t trial) { return trial != last; });
        const std::size_t trial = *next;
        running.erase(next);
        end(schedule, trial);
        ASSERT_LE(running.size(), 4u);
    }
    EXPECT_THAT(running, SizeIs(4)) << "ahead of the round";
    EXPECT_THAT(schedule.unneeded(), IsEmpty());
    const std::size_t far_off = 2 * kMost + 10;
    const bool runs = std::ranges::find(running, far_off) != running.end();
    end(schedule, last);
    EXPECT_EQ(schedule.unneeded(), runs ? std::vector<std::size_t>{far_off} : std::vector<std::size_t>());
    EXPECT_TRUE(runs);
    EXPECT_THAT(schedule.unneeded(), IsEmpty()) << "each is named once";
    EXPECT_FALSE(schedule.has_ended());
    EXPECT_TRUE(schedule.is_unneeded(far_off));
}

}  // namespace
}  // namespace dropsweep::sweep
