// Measures epochs of a real trial on one core and, after each, the dense products of an epoch alone by OpenBLAS, with
// whole batches.
//
//     dropsweep_bench_epoch [options of dropsweep train]     data: --data, else $DROPSWEEP_DATA, else synthetic
//
// Prints CSV: epoch, epoch_seconds (the training steps, validation left out), products_seconds, ratio. The last line
// has the medians.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/system/stopwatch.hpp"

#include "experiment.hpp"
#include "products.hpp"
#include "program.hpp"

using namespace dropsweep;

namespace {

void measure(const std::vector<std::string>& arguments) {
    const cli::Options options = bench::options_of(arguments);
    const data::Dataset dataset = bench::read_data(options.data.path);
    const train::Experiment experiment = bench::experiment_of(dataset, options.training);

    const std::size_t batch_size = options.training.batch_size;
    const std::vector<double> dense(experiment.architecture.layers(), 1.0);
    bench::StepProducts<linalg::DenseProducts<float>> products(experiment.architecture, batch_size, dense);
    std::vector<double> epoch_seconds;
    std::vector<double> products_seconds;
    std::vector<double> ratios;
    fmt::print("epoch,epoch_seconds,products_seconds,ratio\n");
    bench::EpochObserver observer([&](const train::EpochRecord& record) {
        const system::Stopwatch stopwatch;
        products.epoch(experiment.data.train.size(), batch_size);
        products_seconds.push_back(stopwatch.seconds());
        epoch_seconds.push_back(record.training_seconds);
        ratios.push_back(epoch_seconds.back() / products_seconds.back());
        fmt::print("{},{:.5f},{:.5f},{:.4f}\n", record.epoch, epoch_seconds.back(), products_seconds.back(),
                   ratios.back());
    });
    train::train_trial(comm::Communicator::world(), experiment, options.settings.front().dropout.rates(),
                       options.seeds.front(), observer);
    fmt::print("median,{:.5f},{:.5f},{:.4f}\n", bench::median(epoch_seconds), bench::median(products_seconds),
               bench::median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
    return bench::run("dropsweep_bench_epoch", [&] { measure({argv + 1, argv + argc}); });
}
