// The command `dropsweep plan`.
#include "planning.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dropsweep/comm/agreement.hpp"
#include "dropsweep/linalg/partition.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/report/scaling.hpp"
#include "dropsweep/sweep/scaling.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/words.hpp"
#include "dropsweep/train/shared_dataset.hpp"

#include "output.hpp"
#include "preparation.hpp"
#include "standard_output.hpp"

namespace dropsweep::cli {
namespace {

namespace fs = std::filesystem;

/// [ranks] the node of each; the first nodes have one rank more where the ranks are no multiple of the nodes.
std::vector<int> nodes_of(const Machine& machine) {
    const auto count = static_cast<std::size_t>(machine.nodes);
    std::vector<int> nodes;
    for (std::size_t node = 0; node < count; ++node) {
        const linalg::Range ranks = linalg::part_of(static_cast<std::size_t>(machine.ranks), count, node);
        nodes.insert(nodes.end(), ranks.size(), static_cast<int>(node));
    }
    return nodes;
}

std::string describe(const Machine& machine) {
    const std::string ranks = text::counted(static_cast<std::size_t>(machine.ranks), "rank");
    if (machine.nodes == 1) return fmt::format("up to {} of one node", ranks);
    return fmt::format("up to {} of {} nodes, {:g} us and {:g} Gbit/s between them", ranks, machine.nodes,
                       1e6 * machine.network.latency_seconds, 8e-9 * machine.network.bytes_per_second);
}

/// Takes the trials whose settings cannot work out of `trials`, on every rank. Collective over world.
/// @param faults  on rank 0
void leave_out_faulty(const comm::Communicator& world, const std::map<sweep::Setting, std::string>& faults,
                      std::vector<sweep::Trial>& trials) {
    std::vector<std::size_t> left;
    for (std::size_t trial = 0; trial < trials.size(); ++trial) {
        if (!faults.contains(trials[trial])) left.push_back(trial);
    }
    world.broadcast(left, 0);
    std::vector<sweep::Trial> working;
    for (const std::size_t trial : left) working.push_back(trials[trial]);
    trials = std::move(working);
}

void draw(const fs::path& directory, const std::vector<sweep::ScalingPoint>& points, const std::string& subtitle,
          const Warn& warn) {
    try {
        if (!report::draw_scaling(directory, points, subtitle)) {
            warn(fmt::format("gnuplot is not installed, so there is no plot; install gnuplot-nox and run it on {}",
                             (directory / "plan.gp").string()));
        }
    } catch (const Error& error) {
        if (error.code() != ExitCode::failure) throw;
        warn(fmt::format("{} (plan.csv is complete)", error.what()));
    }
}

}  // namespace

void plan(const comm::Communicator& world, const CommandLine& line, const Warn& warn) {
    Options options = agree_on_options(world, line);
    comm::run_on_all_ranks(world, linalg::start_products);
    // How many trials a decision takes is not known before: the plan is for those that it begins with.
    if (options.decision) {
        std::set<std::uint64_t> seeds(options.seeds.begin(), options.seeds.end());
        for (std::uint64_t seed = 1; seed <= options.decision->first_seeds; ++seed) seeds.insert(seed);
        options.seeds.assign(seeds.begin(), seeds.end());
    }
    std::vector<sweep::Trial> trials = sweep::make_trials(options.settings, options.seeds);
    Preparation ready;
    comm::run_on_rank_zero(world, [&] {
        ready = prepare(options, warn);
        sweep::make_plan(trials, options.machine.ranks, options.plan);
        if (!options.output.empty()) make_output_directory(options.output);
    });
    broadcast(world, ready);
    leave_out_faulty(world, options.faults, trials);
    sweep::ByChoices<train::TrainingOptions> trainings;
    for (const sweep::Trial& trial : trials) trainings.emplace(trial.choices, options.trainings.of(trial));
    const train::SharedDataset shared(world, std::move(ready.dataset));
    const sweep::ByChoices<train::Experiment> experiments = experiments_of(shared, ready, trainings);
    const std::vector<int> nodes = nodes_of(options.machine);
    sweep::ByChoices<sweep::CostModel> costs =
        sweep::measure_all_costs(world, experiments, sweep::dropout_range(trials));
    for (auto& [choices, each] : costs) {
        each.nodes = nodes;
        each.interconnect = sweep::CostModel::Interconnect{
            .network = options.machine.network,
            .exchange = sweep::exchange_of(experiments.of({{}, choices})),
            .ranks_on_a_link = static_cast<int>(std::ranges::count(nodes, nodes.front()))};
    }
    comm::run_on_rank_zero(world, [&] {
        const std::vector<sweep::ScalingPoint> points =
            sweep::predict_scaling(trials, options.machine.ranks, options.plan, forecasts_of(options.trainings), costs);
        const std::string what = fmt::format("{}{} on {}", options.decision ? "the first " : "",
                                             text::counted(trials.size(), "trial"), describe(options.machine));
        const std::string where =
            fmt::format("calibrated on {} here", text::counted(static_cast<std::size_t>(world.size()), "rank"));
        if (!options.output.empty()) {
            system::write_file_atomically(fs::path(options.output) / "plan.csv", report::scaling_csv(points));
            draw(options.output, points, what, warn);
        }
        print_to_stdout(fmt::format("{}; {}\n{}", what, where, report::scaling_table(points)),
                        options.output.empty() ? "keep the table with --output" : "the table is in plan.csv");
    });
}

}  // namespace dropsweep::cli
