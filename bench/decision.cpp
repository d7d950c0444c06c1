// Simulates decisions (--decide) without training: how often they are right, how many trials they take compared with
// equal numbers of seeds, and how often the anytime-valid test claims a difference that is not there.
//
//     dropsweep_bench_decision [--runs N] [--recorded RUN]
//
// Writes decisions.csv and claims.csv of results/statistics to standard output, one after the other.

#include "dropsweep/sweep/decision.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "dropsweep/record/run_record.hpp"
#include "dropsweep/stats/statistics.hpp"

namespace {

using namespace dropsweep;

using Random = std::mt19937_64;

/// Draws the deviations of one seed's losses from the means of all settings.
using Noise = std::vector<double> (*)(Random&, std::size_t settings);

constexpr double kDifference = 0.05;
constexpr double kDeviation = 0.12;
constexpr std::size_t kMostSeeds = 1000;
/// The most seeds per setting that a plan of equal seeds is tried with.
constexpr std::size_t kMostEqualSeeds = 200;

std::vector<double> normal(Random& random, std::size_t settings) {
    std::normal_distribution<double> distribution(0, kDeviation);
    std::vector<double> values(settings);
    for (double& value : values) value = distribution(random);
    return values;
}

/// An exponential distribution, shifted to mean 0: a long tail of larger losses.
std::vector<double> skewed(Random& random, std::size_t settings) {
    std::exponential_distribution<double> distribution(1 / kDeviation);
    std::vector<double> values(settings);
    for (double& value : values) value = distribution(random) - kDeviation;
    return values;
}

/// Mean best_val_loss of the settings of the recorded sweep, ascending, minus the best of them, in units of the
/// distance between the best two.
std::vector<double> recorded_means;
/// [seeds][settings] best_val_loss of the recorded sweep minus the mean of its setting, in standard deviations.
std::vector<std::vector<double>> residuals;

/// The residuals of one seed of the recorded sweep, drawn for all settings together: they stay as correlated as there.
std::vector<double> recorded(Random& random, std::size_t settings) {
    const std::vector<double>& seed = residuals[random() % residuals.size()];
    // Settings beyond those of the recorded sweep take the residuals of another seed.
    const std::vector<double>& other = residuals[random() % residuals.size()];
    std::vector<double> values(settings);
    for (std::size_t s = 0; s < settings; ++s) {
        values[s] = kDeviation * (s < seed.size() ? seed[s] : other[s % other.size()]);
    }
    return values;
}

void read_recorded(const std::string& path) {
    std::map<std::string, std::vector<double>> by_setting;
    for (const record::TrialRecord& trial : record::read_run(path).trials) {
        by_setting[trial.trial.name()].push_back(trial.result.value().best_val_loss);
    }
    for (const auto& [name, losses] : by_setting) {
        const stats::Summary summary = stats::summarize(losses);
        recorded_means.push_back(summary.mean);
        residuals.resize(losses.size());
        // With divisor n: the losses are the whole population that is drawn from.
        const double n = static_cast<double>(losses.size());
        const double deviation = summary.sd * std::sqrt((n - 1) / n);
        for (std::size_t seed = 0; seed < losses.size(); ++seed) {
            residuals[seed].push_back((losses[seed] - summary.mean) / deviation);
        }
    }
    std::ranges::sort(recorded_means);
    const double best = recorded_means[0];
    const double unit = recorded_means[1] - best;
    for (double& mean : recorded_means) mean = (mean - best) / unit;
}

struct Case {
    const char* name;
    Noise noise;
};

/// The means of the settings, of which the first is the best. `equal`: all others are worse by kDifference, the worst
/// case for a decision; else by the distances of the recorded sweep, scaled so that the second best is worse by that.
std::vector<double> means_of(std::size_t settings, bool equal) {
    std::vector<double> means(settings, kDifference);
    means[0] = 0;
    for (std::size_t s = 1; s < settings && !equal; ++s) {
        const std::size_t place = settings == 2 ? 1 : 1 + (s - 1) * (recorded_means.size() - 2) / (settings - 2);
        means[s] *= recorded_means[place];
    }
    return means;
}

struct DecisionCounts {
    std::size_t right = 0;
    std::size_t decided = 0;
    double trials = 0;
    std::vector<std::size_t> right_with_equal_seeds = std::vector<std::size_t>(kMostEqualSeeds + 1);
};

DecisionCounts decide_all(const Case& how, const std::vector<double>& means, std::size_t runs) {
    const sweep::DecisionRules rules{.difference = kDifference, .most_seeds = kMostSeeds};
    const std::size_t settings = means.size();
    Random random(settings);
    DecisionCounts counts;
    for (std::size_t run = 0; run < runs; ++run) {
        std::vector<std::vector<double>> losses;
        const auto draw = [&] {
            losses.push_back(how.noise(random, settings));
            for (std::size_t s = 0; s < settings; ++s) losses.back()[s] += means[s];
        };
        std::vector<double> sums(settings);
        for (std::size_t seed = 0; seed < kMostEqualSeeds; ++seed) {
            draw();
            for (std::size_t s = 0; s < settings; ++s) sums[s] += losses.back()[s];
            if (std::ranges::min_element(sums) == sums.begin()) ++counts.right_with_equal_seeds[seed + 1];
        }
        const sweep::Decision decision = sweep::decide(settings, rules, [&](std::size_t s, std::size_t seed) {
            while (seed >= losses.size()) draw();
            return std::optional(losses[seed][s]);
        });
        for (const std::size_t seeds : decision.seeds) counts.trials += static_cast<double>(seeds);
        if (decision.state != sweep::Decision::State::decided) continue;
        ++counts.decided;
        if (decision.survivors.front() == 0) ++counts.right;
    }
    return counts;
}

/// Compares decisions with a plan of equal seeds: the fewest with which it is right in 95 % of the runs in the worst
/// case. Unlike a decision, such a plan has to know the deviations beforehand.
void decide_many(const Case& how, std::size_t settings, std::size_t runs) {
    const double all = static_cast<double>(runs);
    const DecisionCounts worst = decide_all(how, means_of(settings, true), runs);
    std::size_t seeds = 1;
    while (seeds < kMostEqualSeeds && static_cast<double>(worst.right_with_equal_seeds[seeds]) < 0.95 * all) ++seeds;
    const double equal_trials = static_cast<double>(seeds * settings);
    const auto print = [&](const char* means, const DecisionCounts& counts) {
        const double trials = counts.trials / all;
        fmt::print("{},{},{},{},{:.4f},{:.4f},{:.1f},{:.0f},{:.3f}\n", how.name, settings, means, runs,
                   static_cast<double>(counts.right) / all, static_cast<double>(counts.decided) / all, trials,
                   equal_trials, trials / equal_trials);
    };
    print("equal", worst);
    print("recorded", decide_all(how, means_of(settings, false), runs));
}

/// How often the test claims a difference where there is none (after any of 1000 looks), and where there is one (100).
/// @param error  of one claim
void claim_many(const Case& how, std::size_t runs, double error) {
    const auto claims = [error](std::span<const double> differences) {
        return stats::test_anytime(differences, error).back().p_value <= error;
    };
    constexpr std::size_t kLooks = 1000;
    Random random(1);
    std::size_t false_claims = 0, found = 0;
    for (std::size_t run = 0; run < runs; ++run) {
        std::vector<double> differences;
        for (std::size_t seed = 0; seed <= kLooks; ++seed) {
            const std::vector<double> values = how.noise(random, 2);
            differences.push_back(values[0] - values[1]);
        }
        if (claims(differences)) ++false_claims;
        // Now with a true difference, of half the standard deviation of the differences.
        for (double& difference : differences) difference += kDeviation / std::sqrt(2.0);
        if (claims(std::span(differences).first(100))) ++found;
    }
    const double all = static_cast<double>(runs);
    fmt::print("{},{:.5f},{},{},{:.4f},{:.4f}\n", how.name, error, runs, kLooks,
               static_cast<double>(false_claims) / all, static_cast<double>(found) / all);
}

}  // namespace

int main(int count, char** arguments) {
    namespace po = boost::program_options;
    po::options_description options("options");
    options.add_options()("runs", po::value<std::size_t>()->default_value(10'000))(
        "recorded", po::value<std::string>()->default_value("results/mnist-sweep"));
    try {
        po::variables_map values;
        po::store(po::parse_command_line(count, arguments, options), values);
        const std::size_t runs = values["runs"].as<std::size_t>();
        read_recorded(values["recorded"].as<std::string>());
        const Case cases[] = {{"normal", normal}, {"skewed", skewed}, {"recorded", recorded}};
        fmt::print("differences,settings,means,runs,right,decided,trials,equal_trials,ratio\n");
        for (const Case& each : cases) {
            for (const std::size_t settings : {2u, 9u, 20u}) decide_many(each, settings, runs);
        }
        fmt::print("\ndifferences,error,runs,looks,false_claims,found_within_100\n");
        // Of two settings, and of nine, which make 36 pairs.
        for (const double pairs : {1.0, 36.0}) {
            for (const Case& each : cases) claim_many(each, runs, stats::kSignificance / pairs);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "dropsweep: error: {}\n", error.what());
        return 1;
    }
    return 0;
}
