// What an epoch costs beyond its matrix products, on one core and side by side: after each epoch of a real trial the
// products of that epoch alone are run back to back, with the same shapes.
//
//     dropsweep_bench_epoch [EPOCHS [SHARDS [DROPOUT]]]     data: $DROPSWEEP_DATA, else the synthetic digits
//
// Prints CSV: epoch, epoch_seconds (the training steps, validation left out), products_seconds, ratio. The last line
// has the medians.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "dropsweep/comm/environment.hpp"
#include "dropsweep/core/blas.hpp"
#include "dropsweep/core/simd.hpp"
#include "dropsweep/data/batches.hpp"
#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/synthetic.hpp"
#include "dropsweep/train/trainer.hpp"

using namespace dropsweep;

namespace {

core::Matrix matrix(core::FloatBuffer& buffer, std::size_t rows, std::size_t columns) {
    return {buffer.data(), rows, columns};
}

/// All products of a training epoch, on zeros: the values make no difference to the time.
class Products {
  public:
    Products(const nn::Architecture& architecture, std::size_t batch_size) : architecture_(architecture) {
        for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
            const std::size_t in = architecture.fan_in(layer);
            const std::size_t out = architecture.fan_out(layer);
            for (const std::size_t size : {batch_size * in, batch_size * out, in * out, in * out}) {
                buffers_.emplace_back(size);
            }
        }
    }

    void epoch(std::size_t samples, std::size_t batch_size, std::size_t shards) {
        const std::vector<std::uint32_t> order = data::file_order(samples);
        const data::Batches batches(order, batch_size);
        for (std::size_t b = 0; b < batches.count(); ++b) {
            for (std::size_t shard = 0; shard < shards; ++shard) step(data::shard_of(batches[b], shards, shard).size());
        }
    }

  private:
    void step(std::size_t rows) {
        const std::size_t last = architecture_.layers() - 1;
        for (std::size_t layer = 0; layer <= last; ++layer) core::multiply(x(layer, rows), w(layer), y(layer, rows));
        for (std::size_t layer = last + 1; layer-- > 0;) {
            core::multiply_transposed_left(x(layer, rows), y(layer, rows), dw(layer));
            if (layer > 0) core::multiply_transposed_right(y(layer, rows), w(layer), x(layer, rows));
        }
    }
    core::Matrix x(std::size_t l, std::size_t rows) { return matrix(buffers_[4 * l], rows, architecture_.fan_in(l)); }
    core::Matrix y(std::size_t l, std::size_t rows) {
        return matrix(buffers_[4 * l + 1], rows, architecture_.fan_out(l));
    }
    core::Matrix w(std::size_t l) {
        return matrix(buffers_[4 * l + 2], architecture_.fan_in(l), architecture_.fan_out(l));
    }
    core::Matrix dw(std::size_t l) {
        return matrix(buffers_[4 * l + 3], architecture_.fan_in(l), architecture_.fan_out(l));
    }

    nn::Architecture architecture_;
    std::vector<core::FloatBuffer> buffers_;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto argument = [&](std::size_t i, const char* value) { return arguments.size() > i ? arguments[i] : value; };
    core::flush_denormals_to_zero();
    core::start_blas();
    const comm::Environment mpi;
    const comm::Communicator world = comm::Communicator::world();
    const char* directory = std::getenv("DROPSWEEP_DATA");
    const data::Dataset dataset =
        directory != nullptr ? data::read_idx_directory(directory) : data::synthetic_digits(1, 60'000, 10'000);
    const auto samples = [](const data::LabelledImages& images) {
        return data::Samples{images.pixels, images.labels, images.features()};
    };
    train::TrainingOptions options;
    options.epochs = static_cast<std::uint32_t>(std::stoul(argument(0, "10")));
    options.shards = std::stoul(argument(1, "1"));
    options.patience = std::nullopt;
    std::vector<std::string> warnings;
    const train::Experiment experiment{
        .data = data::split_tail(samples(dataset.train), samples(dataset.test), options.validation_split),
        .architecture = {dataset.train.features(), options.hidden, data::count_classes(dataset, warnings)},
        .options = options,
        .initial_weights = {}};

    Products products(experiment.architecture, options.batch_size);
    std::vector<double> epoch_seconds;
    std::vector<double> products_seconds;
    std::vector<double> ratios;
    fmt::print("epoch,epoch_seconds,products_seconds,ratio\n");
    train::TrialObserver observer;
    observer.epoch = [&](const train::EpochRecord& record) {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        products.epoch(experiment.data.train.size(), options.batch_size, options.shards);
        products_seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
        epoch_seconds.push_back(record.training_seconds);
        ratios.push_back(epoch_seconds.back() / products_seconds.back());
        fmt::print("{},{:.4f},{:.4f},{:.3f}\n", record.epoch, epoch_seconds.back(), products_seconds.back(),
                   ratios.back());
    };
    train::train_trial(world, experiment, std::stod(argument(2, "0.3")), 1, observer);
    fmt::print("median,{:.4f},{:.4f},{:.3f}\n", median(epoch_seconds), median(products_seconds), median(ratios));
}
