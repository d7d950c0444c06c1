// What growing groups make of the time of a sweep, played through without a clock.
#include <algorithm>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dropsweep/sweep/prediction.hpp"

#include "sweeps.hpp"

// What the decisions of Schedule are worth, without a clock: a step takes as many units as the rank with the most
// leaves has. Messages, reductions and evaluations take none.

namespace dropsweep::sweep {
namespace {

struct Workload {
    std::vector<Trial> trials;
    std::vector<std::uint32_t> epochs;  ///< after which each trial ends
};

struct Outcome {
    double makespan = 0;    ///< in leaf-epochs
    double efficiency = 0;  ///< all leaf-epochs / (ranks * makespan)
};

Outcome run(const Workload& work, int ranks, std::size_t leaves, bool elastic) {
    const Plan plan = make_plan(work.trials, ranks, {.leaves = leaves, .ranks_per_trial = {}, .elastic = elastic});
    const EpochForecast forecast(train::TrainingOptions{});
    const double makespan = play(plan, work.trials, forecast, unit_costs(leaves), work.epochs).seconds;
    double total = 0;
    for (const std::uint32_t epochs : work.epochs) total += static_cast<double>(epochs * leaves);
    return {makespan, total / (ranks * makespan)};
}

TEST(Makespan, ThreeTrialsOfVeryDifferentLengthOnFourRanks) {
    std::vector<std::uint32_t> epochs = {4, 10, 40};
    do {
        // The trial with the most dropout begins on two ranks, whichever turns out to be the longest.
        const Workload work{make_trials(parse_dropout_list("0,0.4,0.8"), {1}), epochs};
        const double fixed = run(work, 4, 4, false).makespan;
        const double elastic = run(work, 4, 4, true).makespan;
        fmt::print("epochs {}: {} leaf-epochs without growth, {} with, {:.2f} times shorter\n", fmt::join(epochs, ", "),
                   fixed, elastic, fixed / elastic);
        EXPECT_GE(fixed, 1.25 * elastic);
    } while (std::ranges::next_permutation(epochs).found);
}

TEST(Makespan, GrowthNeverMakesASweepLonger) {
    std::mt19937 random(1);
    for (int sweep = 0; sweep < 2000; ++sweep) {
        Workload work;
        std::vector<std::uint64_t> seeds(1 + random() % 6);
        for (std::size_t s = 0; s < seeds.size(); ++s) seeds[s] = s;
        work.trials = make_trials(parse_dropout_list(random() % 2 == 0 ? "0:0.8:0.2" : "0.3"), seeds);
        for (std::size_t t = 0; t < work.trials.size(); ++t)
            work.epochs.push_back(static_cast<std::uint32_t>(1 + random() % 20));
        const int ranks = 1 + static_cast<int>(random() % 40);
        const std::size_t leaves = std::size_t{1} << random() % 5;
        SCOPED_TRACE(fmt::format("sweep {}: {} trials, {} ranks, {} leaves", sweep, work.trials.size(), ranks, leaves));
        const Outcome fixed = run(work, ranks, leaves, false);
        const Outcome elastic = run(work, ranks, leaves, true);
        EXPECT_LE(elastic.makespan, fixed.makespan + 1e-6);
        EXPECT_LE(elastic.efficiency, 1 + 1e-9);
    }
}

TEST(Makespan, TheReferenceSweepOnManyRanks) {
    // The epochs that the 45 trials of results/mnist-sweep took.
    const Workload work{make_trials(parse_dropout_list("0:0.8:0.1"), {1, 2, 3, 4, 5}),
                        {4,  6, 5, 6, 7,  5, 7,  5, 7,  10, 8,  7, 5, 7,  7,  5,  9,  7,  8,  8, 8,  6, 6,
                         10, 7, 8, 9, 12, 8, 12, 6, 12, 10, 14, 8, 8, 10, 10, 11, 10, 13, 10, 8, 12, 11}};
    for (const int ranks : {16, 32, 64}) {
        const double fixed = run(work, ranks, 4, false).efficiency;
        const double elastic = run(work, ranks, 4, true).efficiency;
        fmt::print("{} ranks: efficiency {:.3f} without growth, {:.3f} with\n", ranks, fixed, elastic);
        EXPECT_GE(elastic, 0.85);
        EXPECT_GT(elastic, fixed);
    }
}

}  // namespace
}  // namespace dropsweep::sweep
