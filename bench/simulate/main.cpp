// Simulates a sweep on so many ranks (docs/scaling.md). Prints CSV, a header and a row; results/README.md defines the
// columns.
//
//     dropsweep_simulate --platform FILE --costs FILE --history FILE [--ranks N] [--seeds N] [--leaf-rows N]
//                        [--batch-size N] [--order ORDER] [--ranks-per-node N] [--coarsening N]

#include <iostream>
#include <map>
#include <numeric>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "simulation.hpp"
#include "work.hpp"

using namespace dropsweep;

namespace {

simulate::Order order_of(const std::string& name) {
    const std::map<std::string, simulate::Order> orders = {{"waves", simulate::Order::waves},
                                                           {"queue", simulate::Order::queue},
                                                           {"growing", simulate::Order::growing},
                                                           {"growing-anywhere", simulate::Order::growing_anywhere}};
    const auto found = orders.find(name);
    if (found != orders.end()) return found->second;
    throw Error(ExitCode::usage,
                fmt::format("--order {} is not known; give waves, queue, growing or growing-anywhere", name));
}

void run(int argc, char** argv) {
    namespace po = boost::program_options;
    simulate::Setup setup;
    std::string costs;
    std::string history;
    std::string order;
    std::size_t seeds = 0;
    po::options_description options;
    options.add_options()                                                        //
        ("platform", po::value(&setup.platform)->required())                     //
        ("costs", po::value(&costs)->required())                                 //
        ("history", po::value(&history)->required())                             //
        ("ranks", po::value(&setup.ranks)->default_value(1))                     //
        ("seeds", po::value(&seeds)->default_value(1))                           //
        ("leaf-rows", po::value(&setup.leaf_rows)->default_value(32))            //
        ("batch-size", po::value(&setup.batch_size)->default_value(128))         //
        ("order", po::value(&order)->default_value("growing"))                   //
        ("ranks-per-node", po::value(&setup.ranks_per_node)->default_value(64))  //
        ("coarsening", po::value(&simulate::arithmetic.coarsening)->default_value(1));
    po::variables_map given;
    po::store(po::parse_command_line(argc, argv, options), given);
    po::notify(given);
    setup.order = order_of(order);
    simulate::arithmetic.costs = simulate::read_costs(costs);
    simulate::arithmetic.losses = simulate::RecordedLosses(history);
    std::vector<std::uint64_t> numbers(seeds);
    std::iota(numbers.begin(), numbers.end(), std::uint64_t{1});
    setup.trials = sweep::make_trials(sweep::parse_dropout_list("0:0.8:0.1"), numbers);

    const simulate::Result result = simulate::simulate(setup);
    const double rank_seconds = setup.ranks * result.makespan_seconds;
    const double idle = result.idle_seconds / rank_seconds;
    const double computing = result.computed_seconds / rank_seconds;
    fmt::print(
        "ranks,ranks_per_node,trials,leaf_rows,batch_size,coarsening,order,epochs,growths,makespan_seconds,computing,"
        "communication,"
        "idle\n");
    fmt::print("{},{},{},{},{},{},{},{},{},{:.4f},{:.4f},{:.4f},{:.4f}\n", setup.ranks, setup.ranks_per_node,
               setup.trials.size(), setup.leaf_rows, setup.batch_size, simulate::arithmetic.coarsening, order,
               result.epochs, result.growths, result.makespan_seconds, computing, 1 - idle - computing, idle);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
        return 0;
    } catch (const boost::program_options::error& error) {
        fmt::print(stderr, "dropsweep_simulate: error: {}; see the head of bench/simulate/main.cpp\n", error.what());
        return static_cast<int>(ExitCode::usage);
    } catch (const std::exception& exception) {
        const Error error = as_error(exception);
        fmt::print(stderr, "dropsweep_simulate: error: {}\n", error.what());
        return static_cast<int>(error.code());
    }
}
