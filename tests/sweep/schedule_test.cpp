// Who trains what next, and who joins whom.
#include "dropsweep/sweep/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Three trials on four ranks with four leaves each:
//
//     rank 0  | p0.8-s1 ............................ |
//     rank 1  |         "                            |
//     rank 2  | p0.4-s1 ..... | p0.8-s1 ............ |     ranks 2 and 3 halve the leaves of ranks 0 and 1; the first
//     rank 3  | p0-s1 | waits | p0.8-s1 ............ |     of the two alone would not make its steps shorter

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Offer = Schedule::Offer;

class ScheduleTest : public testing::Test {
  protected:
    Schedule schedule(int ranks, const PlanRequest& request, std::vector<int> nodes = {}) {
        plan_ = make_plan(trials_, ranks, request, {}, nodes);
        return Schedule(plan_, trials_, EpochForecast({}));
    }
    /// Begins everything that can be begun.
    static void begin(Schedule& schedule) {
        for (const Offer& offer : schedule.begin()) schedule.join(offer.trial, offer.ranks.size());
    }

    std::vector<Trial> trials_ = make_trials(parse_dropout_list("0,0.4,0.8"), {1});
    Plan plan_;
};

TEST_F(ScheduleTest, TheFirstGroupsTakeTheTrialsThatAreExpectedToBeLongest) {
    Schedule schedule = this->schedule(4, {.leaves = 4, .ranks_per_trial = {}});
    EXPECT_THAT(schedule.begin(), ElementsAre(Offer{2, {0, 1}}, Offer{1, {2}}, Offer{0, {3}}));
    EXPECT_THAT(schedule.begin(), IsEmpty());
    EXPECT_THAT(schedule.first_ranks(), ElementsAre(3, 2, 0));
    EXPECT_FALSE(schedule.has_ended());
}

TEST_F(ScheduleTest, WhileTrialsWaitAFreeGroupTakesTheNextOne) {
    trials_ = make_trials(parse_dropout_list("0,0.4,0.8"), {1, 2});
    Schedule schedule = this->schedule(3, {.leaves = 4, .ranks_per_trial = 1});
    EXPECT_THAT(schedule.begin(), ElementsAre(Offer{4, {0}}, Offer{5, {1}}, Offer{2, {2}}));
    EXPECT_THAT(schedule.lend(), IsEmpty());
    schedule.join(5, 1);
    schedule.end(5, 6);
    EXPECT_THAT(schedule.begin(), ElementsAre(Offer{3, {1}}));
    EXPECT_THAT(schedule.lend(), IsEmpty());
}

TEST_F(ScheduleTest, RanksAreLentWhenTheyMakeStepsShorter) {
    Schedule schedule = this->schedule(4, {.leaves = 4, .ranks_per_trial = {}});
    begin(schedule);
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{1, {3}})) << "from four leaves to two; p0.8-s1 has no use for one";
    EXPECT_THAT(schedule.lend(), IsEmpty());
    EXPECT_THAT(schedule.ranks_of(1), ElementsAre(2)) << "it does not have it yet";
    schedule.end(1, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {2, 3}})) << "the rank that p0.4-s1 never took as well";
    EXPECT_THAT(schedule.join(2, 2), ElementsAre(2, 3));
    EXPECT_THAT(schedule.ranks_of(2), ElementsAre(0, 1, 2, 3));
    schedule.end(2, 9);
    EXPECT_THAT(schedule.lend(), IsEmpty());
    EXPECT_TRUE(schedule.has_ended());
}

TEST_F(ScheduleTest, TheTrialThatIsExpectedToEndLastComesFirst) {
    Schedule schedule = this->schedule(3, {.leaves = 2, .ranks_per_trial = 1});
    begin(schedule);
    schedule.advance(2, 6);
    schedule.advance(1, 2);
    schedule.end(0, 5);
    // p0.8-s1 has one epoch left, p0.4-s1 four.
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{1, {2}}));
}

TEST_F(ScheduleTest, WhoEndsLastIsAQuestionOfSecondsNotOfEpochs) {
    Schedule schedule = this->schedule(3, {.leaves = 2, .ranks_per_trial = 1});
    plan_.epoch_seconds = {1, 1, 0.5};
    begin(schedule);
    schedule.end(0, 5);
    // p0.8-s1 has more epochs left than p0.4-s1, but they take half as long.
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{1, {2}}));
}

TEST_F(ScheduleTest, ATrialMayTakeALaterOfferWithTheFirstOne) {
    trials_ = make_trials(parse_dropout_list("0,0.1,0.2,0.8"), {1});
    Schedule schedule = this->schedule(4, {.leaves = 8, .ranks_per_trial = 1});
    begin(schedule);
    schedule.end(0, 1);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{3, {3}}));
    schedule.end(1, std::nullopt);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {2}})) << "p0.8-s1 has two ranks as good as certain";
    schedule.end(2, 1);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{3, {1}}, Offer{3, {2}})) << "from four leaves to three, then two";
    EXPECT_THAT(schedule.join(3, 2), ElementsAre(3, 1));
    EXPECT_THAT(schedule.ranks_of(3), ElementsAre(0, 3, 1)) << "it has not heard of rank 2 yet";
    EXPECT_THAT(schedule.join(3, 1), ElementsAre(2));
}

TEST_F(ScheduleTest, AGroupOnOneNodeIsLentRanksOfThatNode) {
    // p0.8-s1 has ranks 2 and 3, p0.4-s1 and p0-s1 ranks 0 and 1.
    Schedule schedule = this->schedule(4, {.leaves = 4, .ranks_per_trial = {}}, {0, 0, 2, 2});
    begin(schedule);
    schedule.end(2, 6);
    EXPECT_THAT(schedule.lend(), IsEmpty()) << "ranks 2 and 3 are on another node";
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{1, {1}})) << "from four leaves to two; no third rank makes it one";
}

TEST_F(ScheduleTest, AGroupOnSeveralNodesIsLentAnyRanks) {
    Schedule schedule = this->schedule(4, {.leaves = 4, .ranks_per_trial = 2}, {0, 1, 2, 2});
    begin(schedule);
    schedule.end(1, 5);
    begin(schedule);
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {2, 3}}));
}

TEST_F(ScheduleTest, RanksOfItsOwnNodeComeFirst) {
    trials_ = make_trials(parse_dropout_list("0,0.1,0.8"), {1});
    Schedule schedule = this->schedule(6, {.leaves = 4, .ranks_per_trial = 1}, {0, 1, 1, 0, 0, 0});
    plan_.lends_across_nodes = true;
    begin(schedule);
    schedule.end(1, 5);
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {3}}, Offer{2, {4, 5}}));
}

TEST_F(ScheduleTest, ATrialTakesAsManyAsItHasLeaves) {
    Schedule schedule = this->schedule(3, {.leaves = 1, .ranks_per_trial = 1});
    plan_.leaves_of_trials = {1, 1, 2};
    begin(schedule);
    schedule.end(0, 5);
    schedule.end(1, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {1}}));
}

TEST_F(ScheduleTest, WhereThePlanSaysSoRanksOfOtherNodesComeToo) {
    Schedule schedule = this->schedule(3, {.leaves = 2, .ranks_per_trial = 1}, {0, 1, 2});
    plan_.lends_across_nodes = true;
    begin(schedule);
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {2}}));
}

TEST_F(ScheduleTest, NothingIsLentWithoutElasticity) {
    Schedule schedule = this->schedule(3, {.leaves = 4, .ranks_per_trial = 1, .elastic = false});
    begin(schedule);
    schedule.end(0, 5);
    EXPECT_THAT(schedule.lend(), IsEmpty());
}

TEST_F(ScheduleTest, RanksWithoutAGroupAreLentFromTheStart) {
    Schedule schedule = this->schedule(5, {.leaves = 2, .ranks_per_trial = 1});
    EXPECT_EQ(schedule.begin().size(), 3u);
    EXPECT_THAT(schedule.lend(), ElementsAre(Offer{2, {3}}, Offer{1, {4}}));
}

TEST_F(ScheduleTest, AfterAStopNothingBegins) {
    Schedule schedule = this->schedule(2, {.leaves = 4, .ranks_per_trial = 1});
    begin(schedule);
    schedule.stop();
    EXPECT_FALSE(schedule.has_ended());
    schedule.end(2, {});
    EXPECT_THAT(schedule.begin(), IsEmpty());
    EXPECT_THAT(schedule.lend(), IsEmpty());
    schedule.end(1, {});
    EXPECT_TRUE(schedule.has_ended());
}

}  // namespace
}  // namespace dropsweep::sweep
