// Rounds of a decision: what is dropped, and what is needed next.
#include "dropsweep/sweep/decision.hpp"

#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace dropsweep::sweep {
namespace {

using testing::ElementsAre;
using State = Decision::State;

constexpr double kLost = std::numeric_limits<double>::infinity();

/// What is known: [settings][seed].
using Table = std::vector<std::vector<std::optional<double>>>;

Decision decide_by(const Table& table, const DecisionRules& rules) {
    return decide(table.size(), rules, [&](std::size_t setting, std::size_t seed) {
        return seed < table[setting].size() ? table[setting][seed] : std::nullopt;
    });
}

std::vector<std::size_t> dropped_in(const DecisionRound& round) {
    std::vector<std::size_t> settings;
    for (const DecisionRound::Dropped& dropped : round.dropped) settings.push_back(dropped.setting);
    return settings;
}

TEST(Decision, IsThatOfAnotherImplementation) {
    const auto cases = nlohmann::json::parse(std::ifstream(DROPSWEEP_TEST_DATA "/decisions.json"));
    std::size_t decided = 0;
    for (const auto& each : cases) {
        const auto losses = each["losses"].get<std::vector<std::vector<double>>>();
        const DecisionRules rules{.difference = each["difference"], .most_seeds = losses.size()};
        const Decision decision = decide(losses.front().size(), rules, [&](std::size_t setting, std::size_t seed) {
            return std::optional(losses[seed][setting]);
        });
        ASSERT_EQ(decision.rounds.size(), each["rounds"].size());
        for (std::size_t r = 0; r < decision.rounds.size(); ++r) {
            EXPECT_EQ(decision.rounds[r].seeds, each["rounds"][r][0]);
            EXPECT_EQ(dropped_in(decision.rounds[r]), each["rounds"][r][1].get<std::vector<std::size_t>>());
        }
        EXPECT_EQ(decision.survivors, each["left"].get<std::vector<std::size_t>>());
        EXPECT_EQ(decision.state, decision.survivors.size() == 1 ? State::decided : State::undecided);
        decided += decision.survivors.size() == 1 ? 1 : 0;
    }
    EXPECT_EQ(decided, 3u) << "two come to no decision";
}

/// Three settings of which the last one is much worse.
Table three(std::size_t seeds) {
    Table table(3);
    for (std::size_t seed = 0; seed < seeds; ++seed) {
        const double noise = seed % 2 == 0 ? 0.01 : -0.01;
        table[0].push_back(0.5 + noise);
        table[1].push_back(0.501 - noise);
        table[2].push_back(0.9 + noise / 2);
    }
    return table;
}

const DecisionRules kRules{.difference = 0.01, .most_seeds = 30};

TEST(Decision, BeginsWithTheFirstSeedsOfAll) {
    const Decision decision = decide_by(three(9), kRules);
    EXPECT_EQ(decision.state, State::open);
    EXPECT_TRUE(decision.rounds.empty());
    EXPECT_THAT(decision.seeds, ElementsAre(10, 10, 10));
    EXPECT_FALSE(decision.seeds_to_come);
}

TEST(Decision, WhatIsDroppedNeedsNoMoreSeeds) {
    const Decision decision = decide_by(three(10), kRules);
    EXPECT_THAT(decision.survivors, ElementsAre(0, 1));
    EXPECT_THAT(decision.seeds, ElementsAre(11, 11, 10));
    EXPECT_EQ(decision.rounds.front().dropped.front().better, 0u);
    EXPECT_NEAR(decision.rounds.front().dropped.front().distance, 0.4, 1e-9);
    EXPECT_GT(decision.seeds_to_come.value(), 0);
}

TEST(Decision, DoesNotDependOnWhatIsKnownTooEarly) {
    Table table = three(12);
    const Decision whole = decide_by(table, kRules);
    table[1].resize(20, 0.4);
    table[2].resize(20, 0);
    const Decision more = decide_by(table, kRules);
    EXPECT_EQ(more.rounds.size(), whole.rounds.size());
    EXPECT_EQ(more.seeds, whole.seeds);
}

TEST(Decision, EndsUndecidedWithTheMostSeeds) {
    const Decision decision = decide_by(three(30), {.difference = 0.0001, .most_seeds = 12});
    EXPECT_EQ(decision.state, State::undecided);
    EXPECT_THAT(decision.survivors, ElementsAre(0, 1));
    EXPECT_THAT(decision.seeds, ElementsAre(12, 12, 10));
}

TEST(Decision, OfEqualsTheFirstIsChosen) {
    Table table(2, std::vector<std::optional<double>>(30, 0.5));
    const Decision decision = decide_by(table, kRules);
    EXPECT_EQ(decision.state, State::decided);
    EXPECT_THAT(decision.survivors, ElementsAre(0));
    EXPECT_THAT(decision.seeds, ElementsAre(10, 10));
}

TEST(Decision, ALostTrialIsTheEndOfItsSetting) {
    Table table = three(12);
    table[0][3] = kLost;
    const Decision decision = decide_by(table, kRules);
    EXPECT_EQ(decision.state, State::decided);
    EXPECT_THAT(decision.survivors, ElementsAre(1));
    EXPECT_THAT(decision.seeds, ElementsAre(4, 10, 10));
    EXPECT_FALSE(decision.rounds.front().dropped.front().better);
    // What is known of it later makes no difference, nor what is missing.
    table[0].resize(4);
    EXPECT_EQ(decide_by(table, kRules).seeds, decision.seeds);
    table[0][1] = std::nullopt;
    EXPECT_EQ(decide_by(table, kRules).state, State::open);
    for (auto& setting : table) setting[3] = kLost;
    table[0][1] = 0.5;
    EXPECT_EQ(decide_by(table, kRules).state, State::undecided);
    EXPECT_TRUE(decide_by(table, kRules).survivors.empty());
}

TEST(Decision, TellsWhatTheNextRoundNeedsInAnyCase) {
    // Far apart and with much allowed: nothing of the missing third one, not even a loss of 0, can drop the others.
    Table table(3);
    for (std::size_t seed = 0; seed < 11; ++seed) {
        const double noise = seed % 2 == 0 ? 0.3 : -0.3;
        table[0].push_back(0.5 + noise);
        table[1].push_back(0.5 - noise);
        if (seed < 10) table[2].push_back(seed % 3 == 0 ? 0.9 : 0.3);
    }
    const Decision decision = decide_by(table, {.difference = 0.01});
    EXPECT_THAT(decision.seeds, ElementsAre(11, 11, 11));
    EXPECT_THAT(decision.certain, ElementsAre(0, 1));
    table[1].pop_back();
    EXPECT_TRUE(decide_by(table, {.difference = 0.01}).certain.empty()) << "alone a setting may be the last one";
}

}  // namespace
}  // namespace dropsweep::sweep
