// Runs the coordinator and the workers of the sweep as actors of SimGrid.
#include "simulation.hpp"

#include <set>
#include <span>

#include <fmt/format.h>
#include <mpi.h>
#include <simgrid/s4u.hpp>
#include <smpi/smpi.h>
#include <xbt/log.h>

#include "dropsweep/text/error.hpp"

#include "sweep/coordinator.hpp"
#include "sweep/worker.hpp"
#include "work.hpp"

namespace dropsweep::simulate {
namespace {

namespace s4u = simgrid::s4u;

constexpr std::size_t kFeatures = 784;
constexpr std::size_t kClasses = 10;

/// As many images as in MNIST, all black; the training set is smaller by the factor of coarsening.
class BlackImages {
  public:
    data::Split split() const {
        const auto train = static_cast<std::size_t>(54'000 / arithmetic.coarsening);
        return {samples(train), samples(6'000), samples(10'000)};
    }

  private:
    data::Samples samples(std::size_t count) const {
        return {std::span(pixels_).first(count * kFeatures), std::span(labels_).first(count), kFeatures};
    }
    std::vector<std::uint8_t> pixels_ = std::vector<std::uint8_t>(54'000 * kFeatures);
    std::vector<std::uint8_t> labels_ = std::vector<std::uint8_t>(54'000);
};

class Figures : public sweep::Listener {
  public:
    explicit Figures(Result& result) : result_(result) {}

    void on_join(std::size_t trial, const sweep::Group& /*ranks*/, double /*start_seconds*/) override {
        if (!begun_.insert(trial).second) ++result_.growths;
    }
    void on_outcome(std::size_t /*trial*/, const sweep::TrialOutcome& outcome) override {
        result_.epochs += outcome.result.epochs;
    }
    void on_end(double sweep_seconds, int ranks, double idle_share) override {
        result_.makespan_seconds += sweep_seconds;
        result_.idle_seconds += ranks * sweep_seconds * idle_share;
    }

  private:
    Result& result_;
    std::set<std::size_t> begun_;
};

std::vector<int> nodes_of(const Setup& setup) {
    std::vector<int> nodes;
    for (int rank = 0; rank < setup.ranks; ++rank) nodes.push_back(rank / setup.ranks_per_node);
    return nodes;
}

/// [trials] in proportion to the seconds of an epoch: those of a row.
std::vector<double> epoch_seconds_of(const Setup& setup) {
    std::vector<double> seconds;
    for (const sweep::Trial& trial : setup.trials) seconds.push_back(arithmetic.costs.row_at(trial.dropout.value()));
    return seconds;
}

/// The plans to carry out one after the other: one for each wave, else a single one.
std::vector<sweep::Plan> plans_of(const Setup& setup, const train::Experiment& experiment) {
    const sweep::PlanRequest request{
        .leaves = experiment.leaves(),
        .ranks_per_trial = {},
        .elastic = setup.order == Order::growing || setup.order == Order::growing_anywhere};
    const std::vector<int> nodes = nodes_of(setup);
    sweep::Plan all = sweep::make_plan(setup.trials, setup.ranks, request, {}, nodes);
    all.lends_across_nodes = setup.order == Order::growing_anywhere;
    sweep::expect(all, epoch_seconds_of(setup), setup.trials, sweep::EpochForecast(experiment.options));
    if (setup.order != Order::waves) return {all};
    std::vector<sweep::Plan> waves;
    for (std::size_t begin = 0; begin < all.queue.size(); begin += all.groups.size()) {
        std::set<std::size_t> others(all.queue.begin(), all.queue.end());
        for (std::size_t i = begin; i < std::min(begin + all.groups.size(), all.queue.size()); ++i) {
            others.erase(all.queue[i]);
        }
        waves.push_back(sweep::make_plan(setup.trials, setup.ranks, request, others, nodes));
    }
    return waves;
}

std::chrono::steady_clock::time_point simulated_now() {
    const std::chrono::duration<double> seconds(s4u::Engine::get_clock());
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(seconds));
}

struct SimulatedHost : sweep::Host {
    void pause(std::chrono::milliseconds time) override {
        s4u::this_actor::sleep_for(std::chrono::duration<double>(time).count());
    }
    void die(const Error& error) override { throw error; }
};

/// A rank, or the coordinator. In the program the coordinator is a thread of rank 0; SMPI delivers messages only to
/// ranks, so here it is one more rank, the last one, on the node of rank 0.
void run_actor(const Setup& setup, const std::vector<sweep::Plan>& plans, const train::Experiment& experiment,
               sweep::Host& host) {
    MPI_Init(nullptr, nullptr);
    {
        const comm::Communicator all = comm::Communicator::world();
        const int coordinator = setup.ranks;
        const bool coordinates = all.rank() == coordinator;
        const comm::Communicator world = all.split(coordinates ? 1 : 0, all.rank());
        for (const sweep::Plan& plan : plans) {
            const sweep::protocol::Channels channels(all, coordinator);
            all.barrier();
            const system::Stopwatch stopwatch(simulated_now);
            if (coordinates) {
                sweep::Schedule schedule(plan, setup.trials, sweep::EpochForecast(experiment.options));
                sweep::Coordinator(channels, plan, setup.trials, std::move(schedule), host, stopwatch).run();
            } else {
                sweep::Worker(world, channels, setup.trials, experiment, host, stopwatch).run();
            }
        }
    }
    MPI_Finalize();
}

void configure() {
    xbt_log_control_set("root.thres:error");
    // Only the stand-ins and the network take time. 0.97: the share of a frame that is payload.
    for (const std::string& setting :
         {std::string("smpi/simulate-computation:no"), std::string("smpi/host-speed:1Gf"), std::string("smpi/iprobe:0"),
          std::string("smpi/test:0"), std::string("network/model:SMPI"), std::string("surf/precision:1e-9"),
          std::string("contexts/stack-size:1024"), fmt::format("smpi/bw-factor:0:{}", 0.97 / arithmetic.coarsening),
          fmt::format("smpi/lat-factor:0:{}", arithmetic.coarsening)}) {
        s4u::Engine::set_config(setting);
    }
}

}  // namespace

Result simulate(const Setup& setup) {
    const BlackImages images;
    train::Experiment experiment;
    experiment.data = images.split();
    experiment.options.batch_size = setup.batch_size;
    experiment.options.leaf_rows = setup.leaf_rows;
    experiment.architecture = {kFeatures, experiment.options.hidden, kClasses};
    const std::vector<sweep::Plan> plans = plans_of(setup, experiment);
    Result result;
    Figures figures(result);
    SimulatedHost host;
    host.listeners = {&figures};

    int no_arguments = 1;
    char name[] = "dropsweep_simulate";
    char* arguments[] = {name, nullptr};
    s4u::Engine engine(&no_arguments, arguments);
    configure();
    engine.load_platform(setup.platform);
    const std::string instance = "dropsweep";
    SMPI_app_instance_register(instance.c_str(), nullptr, setup.ranks + 1);
    SMPI_init();
    for (int rank = 0; rank <= setup.ranks; ++rank) {
        const int node = rank == setup.ranks ? 0 : rank / setup.ranks_per_node;
        const auto actor =
            s4u::Actor::init(fmt::format("rank-{}", rank), s4u::Host::by_name(fmt::format("node{}", node)));
        actor->set_property("instance_id", instance);
        actor->set_property("rank", std::to_string(rank));
        actor->start([&] { run_actor(setup, plans, experiment, host); });
    }
    engine.run();
    SMPI_finalize();
    result.computed_seconds = computed_seconds();
    return result;
}

}  // namespace dropsweep::simulate
