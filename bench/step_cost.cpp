// Measures the parts of a trial on real ranks for bench/simulate: epochs, validation, hash and initial weights.
//
//     [mpirun -n RANKS] dropsweep_bench_step_cost [options of dropsweep train]
//
// Prints CSV: ranks, leaf_rows, batch_size, dropout, training_seconds (the steps of an epoch), validation_seconds,
// hash_seconds, initial_seconds; each the lowest of several, because other work of the machine only adds to them.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/system/stopwatch.hpp"

#include "experiment.hpp"
#include "program.hpp"

using namespace dropsweep;

namespace {

/// The lowest of nine calls.
template <class Work>
double seconds_of(Work&& work) {
    std::vector<double> seconds;
    for (int repetition = 0; repetition < 9; ++repetition) {
        const system::Stopwatch stopwatch;
        work();
        seconds.push_back(stopwatch.seconds());
    }
    return std::ranges::min(seconds);
}

void measure(const std::vector<std::string>& arguments) {
    const cli::Options options = bench::options_of(arguments);
    const data::Dataset dataset = bench::read_data(options.data.path);
    const train::Experiment experiment = bench::experiment_of(dataset, options.training);

    const comm::Communicator world = comm::Communicator::world();
    std::vector<double> training;
    std::vector<double> validation;
    bench::EpochObserver observer([&](const train::EpochRecord& record) {
        training.push_back(record.training_seconds);
        validation.push_back(record.validation_seconds);
    });
    const auto model = train::train_trial(world, experiment, options.settings.front().dropout.rates(),
                                          options.seeds.front(), observer);
    if (world.rank() > 0) return;
    linalg::FloatBuffer weights(model->weights.size());
    const double hash = seconds_of([&] { system::sha256(model->weights.span()); });
    const double initial =
        seconds_of([&] { nn::glorot_uniform(experiment.architecture, options.seeds.front(), weights.span()); });
    fmt::print("ranks,leaf_rows,batch_size,dropout,training_seconds,validation_seconds,hash_seconds,initial_seconds\n");
    fmt::print("{},{},{},{},{:.5f},{:.5f},{:.6f},{:.6f}\n", world.size(), options.training.leaf_rows,
               options.training.batch_size, options.settings.front().dropout.text(), std::ranges::min(training),
               std::ranges::min(validation), hash, initial);
}

}  // namespace

int main(int argc, char** argv) {
    return bench::run("dropsweep_bench_step_cost", [&] { measure({argv + 1, argv + argc}); });
}
