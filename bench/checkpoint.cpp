// Measures what the checkpoint after each epoch costs the ranks of a trial: copies, hash, write, fsync, rename, fsync.
//
//     [mpirun -n RANKS] dropsweep_bench_checkpoint [options of dropsweep train]
//
// All ranks train one trial. Its checkpoints go to the folder bench-checkpoints in --output, or in the current
// directory. Prints CSV: epoch, epoch_seconds (training and validation), checkpoint_seconds (all else between two
// epochs), percent of epoch_seconds. The last line has the medians.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/linalg/blas.hpp"
#include "dropsweep/linalg/products.hpp"
#include "dropsweep/system/stopwatch.hpp"
#include "dropsweep/text/error.hpp"

#include "experiment.hpp"

using namespace dropsweep;

namespace {

/// Also saves the checkpoints.
struct CheckpointObserver : bench::EpochObserver {
    CheckpointObserver(train::CheckpointStore& checkpoints, std::function<void(const train::EpochRecord&)> call)
        : EpochObserver(std::move(call)), store(checkpoints) {}
    bool keeps_checkpoints() const override { return true; }
    void on_checkpoint(const train::Checkpoint& checkpoint) override { store.save("trial", checkpoint); }
    train::CheckpointStore& store;
};

void measure(const comm::Communicator& world, const std::vector<std::string>& arguments) {
    const cli::Options options = bench::options_of(arguments);
    const data::Dataset dataset = bench::read_data(options.data.path);
    const train::Experiment experiment = bench::experiment_of(dataset, options.training);

    const std::filesystem::path folder = std::filesystem::path(options.output) / "bench-checkpoints";
    train::CheckpointStore checkpoints(folder, {});
    std::vector<double> epoch_seconds;
    std::vector<double> checkpoint_seconds;
    std::vector<double> percents;
    if (world.rank() == 0) {
        std::filesystem::remove_all(folder);
        fmt::print("epoch,epoch_seconds,checkpoint_seconds,percent\n");
    }
    world.barrier();
    system::Stopwatch stopwatch;
    CheckpointObserver observer(checkpoints, [&](const train::EpochRecord& record) {
        const double seconds = stopwatch.seconds();
        epoch_seconds.push_back(record.training_seconds + record.validation_seconds);
        checkpoint_seconds.push_back(seconds - epoch_seconds.back());
        percents.push_back(100 * checkpoint_seconds.back() / epoch_seconds.back());
        if (world.rank() == 0) {
            fmt::print("{},{:.4f},{:.4f},{:.2f}\n", record.epoch, epoch_seconds.back(), checkpoint_seconds.back(),
                       percents.back());
        }
        stopwatch = system::Stopwatch();
    });
    train::train_trial(world, experiment, options.settings.front().dropout.rates(), options.seeds.front(), observer);
    if (world.rank() != 0) return;
    fmt::print("median,{:.4f},{:.4f},{:.2f}\n", bench::median(epoch_seconds), bench::median(checkpoint_seconds),
               bench::median(percents));
    std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
    linalg::restart_with_better_blas_kernels();
    const comm::Environment mpi;
    const comm::Communicator world = comm::Communicator::world();
    try {
        linalg::start_products();
        measure(world, {argv + 1, argv + argc});
        return 0;
    } catch (const std::exception& exception) {
        const Error error = as_error(exception);
        fmt::print(stderr, "dropsweep_bench_checkpoint: error: {}\n", error.what());
        comm::abort_all(static_cast<int>(error.code()));
    }
}
