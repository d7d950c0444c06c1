// Trials, and the groups and the queue of a plan.
#include "dropsweep/sweep/plan.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/error_of.hpp"
#include "sweeps.hpp"

// 9 trials on 16 ranks: every trial has a group, seven of them can have two ranks.
//
//     ranks   0 1 | 2 3 | 4 5 | 6 7 | 8 9 | 10 11 | 12 13 | 14 | 15
//
// 9 trials on 4 ranks: four groups of one rank take them from the queue, most dropout first.

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const PlanRequest kFourLeaves{.leaves = 4, .ranks_per_trial = {}};

std::vector<std::string> ids(const std::vector<Trial>& trials) {
    std::vector<std::string> names;
    for (const Trial& trial : trials) names.push_back(trial.id());
    return names;
}

TEST(DropoutSetting, IsARateForAllLayersOrOneForEach) {
    const DropoutSetting one = DropoutSetting::parse("0.30"), two = DropoutSetting::parse("0.2/.50");
    EXPECT_EQ(one.text(), "0.3");
    EXPECT_EQ(two.text(), "0.2/0.5");
    EXPECT_EQ(one.count(), 1U);
    EXPECT_EQ(two.count(), 2U);
    EXPECT_DOUBLE_EQ(two.value(), 0.35);
    EXPECT_EQ(one.rates().of_layer(7), 0.3);
    EXPECT_EQ(two.rates().of_layer(0), 0.2);
    EXPECT_EQ(two.rates().of_layer(1), 0.5);
    EXPECT_EQ(DropoutSetting::parse("0.3/0.3"), one);
    EXPECT_LT(DropoutSetting::parse("0.2"), two);
    EXPECT_LT(two, one);
    for (const char* text : {"", "/", "0.2/", "/0.5", "0.2/1", "1", "0.2//0.5", "a/b", "0.1/0:0.8:0.1",
                             "0/0.1/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"}) {
        EXPECT_THROW(DropoutSetting::parse(text), Error) << text;
    }
    EXPECT_EQ(parse_dropout_list("0:0.2:0.1,0.2/0.5").back(), two);
}

TEST(Trials, DropoutsThenSeedsInTheGivenOrder) {
    EXPECT_THAT(ids(trials_of("0:0.2:0.1", {1, 7})),
                ElementsAre("p0-s1", "p0-s7", "p0.1-s1", "p0.1-s7", "p0.2-s1", "p0.2-s7"));
    EXPECT_THAT(ids(trials_of("0.50,0.25", {9, 3})), ElementsAre("p0.5-s9", "p0.5-s3", "p0.25-s9", "p0.25-s3"));
    // The ten values of the experiment's range keep their decimal names.
    EXPECT_EQ(trials_of("0:0.9:0.1")[3].id(), "p0.3-s1");
    EXPECT_EQ(trials_of("0,0.2/0.50,0.3/0.3")[1].id(), "p0.2-0.5-s1");
    EXPECT_EQ(trials_of("0,0.2/0.50,0.3/0.3")[2].id(), "p0.3-s1");
}

TEST(Trials, TheRangeOfTheirDropouts) {
    EXPECT_THAT(dropout_range(trials_of("0.3,0.8,0,0.5", {1, 2})), ElementsAre(0, 0.8));
    EXPECT_THAT(dropout_range(trials_of("0.5", {1, 2})), ElementsAre(0.5));
}

TEST(Plan, FewerRanksThanTrials) {
    const Plan plan = make_plan(trials_of("0:0.8:0.1"), 4, {});
    EXPECT_EQ(plan.groups, (std::vector<Group>{{0, 1}, {1, 1}, {2, 1}, {3, 1}}));
    EXPECT_THAT(plan.unused_ranks(), IsEmpty());
}

TEST(Plan, AsManyRanksAsTrials) {
    const Plan plan = make_plan(trials_of("0,0.1,0.2"), 3, {});
    EXPECT_EQ(plan.groups, (std::vector<Group>{{0, 1}, {1, 1}, {2, 1}}));
}

TEST(Plan, MoreRanksThanTrialsMakeLargerGroupsFirst) {
    const Plan plan = make_plan(trials_of("0:0.8:0.1"), 16, kFourLeaves);
    EXPECT_EQ(plan.groups,
              (std::vector<Group>{{0, 2}, {2, 2}, {4, 2}, {6, 2}, {8, 2}, {10, 2}, {12, 2}, {14, 1}, {15, 1}}));
    EXPECT_THAT(plan.unused_ranks(), IsEmpty());
}

TEST(Plan, GroupsHaveAsManyRanksAsTheLeavesCanUse) {
    const auto sizes = [](int ranks, std::size_t leaves) {
        std::vector<int> found;
        for (const Group& group :
             make_plan(trials_of("0,0.4,0.8"), ranks, {.leaves = leaves, .ranks_per_trial = {}}).groups) {
            found.push_back(group.ranks);
        }
        return found;
    };
    EXPECT_THAT(sizes(4, 4), ElementsAre(2, 1, 1));
    EXPECT_THAT(sizes(8, 4), ElementsAre(4, 2, 2)) << "a third rank would leave two leaves to the first";
    EXPECT_THAT(sizes(9, 4), ElementsAre(4, 3, 2)) << "but nobody is sent home";
    EXPECT_THAT(sizes(10, 4), ElementsAre(4, 4, 2));
    EXPECT_THAT(sizes(11, 4), ElementsAre(4, 4, 3));
    EXPECT_THAT(sizes(20, 4), ElementsAre(4, 4, 4));
    EXPECT_THAT(sizes(17, 8), ElementsAre(8, 5, 4)) << "from 4 to 7 ranks one has two leaves";
    EXPECT_THAT(sizes(12, 6), ElementsAre(6, 3, 3));
}

TEST(Plan, NoGroupHasMoreRanksThanLeaves) {
    const Plan plan = make_plan(trials_of("0,0.5"), 8, {.leaves = 3, .ranks_per_trial = {}});
    EXPECT_EQ(plan.groups, (std::vector<Group>{{0, 3}, {3, 3}}));
    EXPECT_EQ(plan.leaves, 3u);
    EXPECT_THAT(plan.unused_ranks(), ElementsAre(6, 7));
    EXPECT_THAT(describe(plan, trials_of("0,0.5")),
                HasSubstr("  not used: ranks 6-7, because every trial has a group and no group can take more\n"));
}

TEST(Plan, NodesShareOutTheTrialsAndNoGroupLiesOnTwo) {
    // Five trials on the first node and four on the second.
    //
    //     ranks   0 1 | 2 3 | 4 5 | 6 | 7 || 8 9 | 10 11 | 12 13 | 14 15
    std::vector<int> nodes(16, 0);
    std::fill(nodes.begin() + 8, nodes.end(), 8);
    const std::vector<Trial> trials = trials_of("0:0.8:0.1");
    const Plan plan = make_plan(trials, 16, kFourLeaves, {}, nodes);
    EXPECT_EQ(plan.groups,
              (std::vector<Group>{{0, 2}, {8, 2}, {2, 2}, {10, 2}, {4, 2}, {12, 2}, {14, 2}, {6, 1}, {7, 1}}));
    EXPECT_EQ(plan.nodes, nodes);
    EXPECT_THAT(describe(plan, trials),
                HasSubstr("  7 groups of 2 ranks (ranks 0-5, 8-15)\n"
                          "  2 groups of 1 rank (ranks 6-7)\n"
                          "  when no trial waits, free ranks join those that run, up to 4 per trial, each on its own "
                          "node\n"));

    const Plan queue = make_plan(trials, 4, {}, {}, std::array{0, 0, 2, 2});
    EXPECT_EQ(queue.groups, (std::vector<Group>{{0, 1}, {2, 1}, {1, 1}, {3, 1}})) << "the longest trials in turns";

    const Plan small =
        make_plan(trials_of("0,0.5"), 8, {.leaves = 3, .ranks_per_trial = {}}, {}, std::array{0, 0, 0, 0, 4, 4, 4, 4});
    EXPECT_EQ(small.groups, (std::vector<Group>{{0, 3}, {4, 3}}));
    EXPECT_THAT(small.unused_ranks(), ElementsAre(3, 7));
    EXPECT_THAT(describe(small, trials_of("0,0.5")), HasSubstr("  not used: ranks 3, 7, because "));
}

TEST(Plan, GroupsLieOnSeveralNodesWhereTheyHaveTo) {
    EXPECT_EQ(make_plan(trials_of("0"), 4, kFourLeaves, {}, std::array{0, 0, 2, 2}).groups,
              (std::vector<Group>{{0, 4}}));
    EXPECT_EQ(make_plan(trials_of("0,0.5,0.8"), 4, kFourLeaves, {}, std::array{0, 1, 0, 1}).groups,
              (std::vector<Group>{{0, 2}, {2, 1}, {3, 1}}))
        << "ranks that are dealt out to the nodes";
    EXPECT_EQ(make_plan(trials_of("0,0.5"), 4, {.leaves = 4, .ranks_per_trial = 2}, {}, std::array{0, 0, 0, 3}).groups,
              (std::vector<Group>{{0, 2}, {2, 2}}))
        << "as it was asked for";
}

TEST(Plan, OfManyRangesOfRanksItNamesTheFirst) {
    std::vector<int> nodes;
    for (int rank = 0; rank < 18; ++rank) nodes.push_back(rank / 3);
    const std::vector<Trial> trials = trials_of("0:0.8:0.1", {1});
    EXPECT_THAT(describe(make_plan(trials, 18, {.leaves = 1, .ranks_per_trial = {}}, {}, nodes), trials),
                HasSubstr("  9 groups of 1 rank (ranks 0-1, 3, 6-7, 9 ...)\n"));
}

TEST(Plan, RanksPerTrialAreGiven) {
    const std::vector<Trial> trials = trials_of("0:0.8:0.1");
    const Plan plan = make_plan(trials, 7, {.leaves = 4, .ranks_per_trial = 2});
    EXPECT_EQ(plan.groups, (std::vector<Group>{{0, 2}, {2, 2}, {4, 2}}));
    EXPECT_THAT(plan.unused_ranks(), ElementsAre(6));
    EXPECT_THAT(describe(plan, trials),
                HasSubstr("  not used at first: rank 6, because they are fewer than a group needs\n"));

    // Never more groups than trials.
    EXPECT_EQ(make_plan(trials_of("0"), 7, {.leaves = 4, .ranks_per_trial = 3}).groups, (std::vector<Group>{{0, 3}}));
}

TEST(Plan, EveryRankIsInOneGroupOrUnused) {
    const auto check = [](const std::vector<Trial>& trials, int ranks, std::size_t leaves, int ranks_per_node) {
        SCOPED_TRACE(fmt::format("{} trials, {} ranks, {} on a node", trials.size(), ranks, ranks_per_node));
        std::vector<int> nodes;
        for (int rank = 0; rank < ranks; ++rank) nodes.push_back(rank / ranks_per_node);
        const Plan plan = make_plan(trials, ranks, {.leaves = leaves, .ranks_per_trial = {}}, {}, nodes);
        std::vector<int> used = plan.unused_ranks();
        int last = ranks;
        for (const Group& group : plan.groups) {
            EXPECT_GE(group.ranks, 1);
            EXPECT_LE(static_cast<std::size_t>(group.ranks), leaves);
            EXPECT_LE(group.ranks, std::exchange(last, group.ranks));
            for (int rank = 0; rank < group.ranks; ++rank) used.push_back(group.first_rank + rank);
        }
        EXPECT_EQ(plan.groups.size(), std::min(trials.size(), static_cast<std::size_t>(ranks)));
        std::ranges::sort(used);
        std::vector<int> all(static_cast<std::size_t>(ranks));
        std::iota(all.begin(), all.end(), 0);
        EXPECT_EQ(used, all);
    };
    for (std::size_t trials = 1; trials <= 10; ++trials) {
        const std::vector<Trial> list = trials_of("0", std::vector<std::uint64_t>(trials));
        for (int ranks = 1; ranks <= 20; ++ranks) {
            for (const std::size_t leaves : {1u, 2u, 3u, 8u}) {
                for (const int ranks_per_node : {1, 3, 7, 20}) check(list, ranks, leaves, ranks_per_node);
            }
        }
    }
}

TEST(Plan, SaysThatRanksAreLentWhereTheyCanBe) {
    const std::vector<Trial> trials = trials_of("0,0.5");
    const auto says_so = [&](int ranks, std::size_t leaves, bool elastic) {
        const Plan plan = make_plan(trials, ranks, {.leaves = leaves, .ranks_per_trial = 1, .elastic = elastic});
        return testing::Value(describe(plan, trials), HasSubstr("when no trial waits, free ranks join"));
    };
    EXPECT_TRUE(says_so(2, 4, true));
    EXPECT_FALSE(says_so(2, 4, false));
    EXPECT_FALSE(says_so(2, 1, true));
    EXPECT_FALSE(says_so(1, 4, true));
}

TEST(Plan, QueueTakesMostDropoutFirstAndKeepsTheOrderOfSeeds) {
    EXPECT_THAT(make_plan(trials_of("0,0.8,0.3", {1, 2}), 2, {}).queue, ElementsAre(2, 3, 4, 5, 0, 1));
}

TEST(Plan, QueueTakesFirstWhatIsExpectedToTakeTheMostSeconds) {
    // Without early stopping all have as many epochs; those of p = 0.3 are the longest.
    train::TrainingOptions options;
    options.patience = std::nullopt;
    const std::vector<Trial> trials = trials_of("0,0.8,0.3", {1, 2});
    Plan plan = make_plan(trials, 2, {}, {4});
    expect(plan, {2, 2, 1, 1, 3, 3}, trials, EpochForecast(options));
    EXPECT_THAT(plan.queue, ElementsAre(5, 0, 1, 2, 3));
    // With it the prior expects 5.7 epochs at p = 0 and 10.82 at 0.8.
    expect(plan, {1, 1, 0.52, 0.52, 0, 0}, trials, EpochForecast({}));
    EXPECT_THAT(plan.queue, ElementsAre(0, 1, 2, 3, 5));
    expect(plan, {1, 1, 0.53, 0.53, 0, 0}, trials, EpochForecast({}));
    EXPECT_THAT(plan.queue, ElementsAre(2, 3, 0, 1, 5));
}

TEST(Plan, SaysWhatItWillDo) {
    EXPECT_EQ(describe(make_plan(trials_of("0:0.8:0.1"), 4, {}), trials_of("0:0.8:0.1")),
              "plan: 9 trials on 4 ranks, 1 leaf per trial\n"
              "  4 groups of 1 rank (ranks 0-3)\n"
              "  a free group takes the next trial, the longest expected first: p0.8-s1 ... p0-s1\n");
    EXPECT_EQ(describe(make_plan(trials_of("0:0.8:0.1"), 16, kFourLeaves), trials_of("0:0.8:0.1")),
              "plan: 9 trials on 16 ranks, 4 leaves per trial\n"
              "  7 groups of 2 ranks (ranks 0-13)\n"
              "  2 groups of 1 rank (ranks 14-15)\n"
              "  when no trial waits, free ranks join those that run, up to 4 per trial\n");
    EXPECT_EQ(describe(make_plan(trials_of("0"), 1, kFourLeaves), trials_of("0")),
              "plan: 1 trial on 1 rank, 4 leaves per trial\n"
              "  1 group of 1 rank (rank 0)\n");
}

void expect_usage_error(int ranks, const PlanRequest& request, const std::string& what, const std::string& remedy) {
    EXPECT_THAT(error_of(ExitCode::usage, [&] { make_plan(trials_of("0"), ranks, request); }),
                testing::AllOf(testing::StartsWith(what), HasSubstr(remedy)));
}

TEST(Plan, RefusesMoreRanksPerTrialThanThereAre) {
    expect_usage_error(3, {.leaves = 4, .ranks_per_trial = 4}, "--ranks-per-trial 4 but there are only 3 ranks;",
                       "mpirun -n 4");
    expect_usage_error(1, {.leaves = 4, .ranks_per_trial = 2}, "--ranks-per-trial 2 but there are only 1 rank;",
                       "mpirun -n 2");
}

TEST(Plan, RefusesMoreRanksPerTrialThanLeaves) {
    expect_usage_error(4, {.leaves = 2, .ranks_per_trial = 3},
                       "--ranks-per-trial 3 but a batch has only 2 leaves:", "--leaf-rows smaller");
}

}  // namespace
}  // namespace dropsweep::sweep
