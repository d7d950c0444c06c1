// Benchmarks of the elementwise kernels of a step and of the optimizer. None of them branches on values: arrays are
// zero.

#include <fmt/format.h>

#include "dropsweep/data/batches.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/softmax_cross_entropy.hpp"
#include "dropsweep/optim/optimizer.hpp"

#include "kernels.hpp"

namespace dropsweep::bench {
namespace {

constexpr std::size_t kSamples = 54'000;
constexpr double kDropout = 0.3;

std::size_t rows_of(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

double operations(double each, std::size_t elements) {
    return each * static_cast<double>(elements);
}

/// A matrix of zeros as the products take it, and its bitmap.
struct Operand {
    Operand(std::size_t row_count, std::size_t column_count)
        : rows(row_count),
          columns(column_count),
          values(rows * linalg::padded_stride(columns)),
          nonzeros(rows * linalg::words_for(columns)) {}
    linalg::SparseMatrix<float> view() {
        return {{values.data(), rows, columns, linalg::padded_stride(columns)}, {nonzeros.data(), rows, columns}};
    }
    std::size_t size() const { return rows * columns; }

    std::size_t rows, columns;
    linalg::FloatBuffer values;
    linalg::AlignedBuffer<std::uint64_t> nonzeros;
};

/// The batches of a shuffled epoch, one after the other: pixels come from all over the training set.
void gather(benchmark::State& state) {
    const std::size_t rows = rows_of(state);
    const std::size_t features = kArchitecture.inputs;
    const std::vector<std::uint8_t> pixels(kSamples * features);
    const std::vector<std::uint8_t> labels(kSamples);
    const std::vector<std::uint32_t> order = data::shuffled_order(kSamples, 1, 0);
    const data::Batches batches({order.data(), kSamples / rows * rows}, rows);
    Operand x(rows, features);
    std::vector<std::uint8_t> y(rows);
    std::size_t batch = 0;
    for (auto _ : state) {
        data::gather({pixels, labels, features}, batches[batch], x.view(), y);
        batch = (batch + 1) % batches.count();
    }
    set_cost(state, {.operations = operations(1, rows * features),
                     .bytes = float_bytes(rows * features) + static_cast<double>(rows * features),
                     .footprint = static_cast<double>(pixels.size())});
}

void forward(benchmark::State& state, const nn::Dropout& dropout) {
    const std::size_t rows = rows_of(state);
    const std::size_t units = kArchitecture.hidden.front();
    Operand z(rows, units);
    const linalg::FloatBuffer bias(linalg::padded_stride(units));
    const std::vector<std::uint32_t> samples = data::file_order(rows);
    for (auto _ : state) {
        nn::hidden_forward(z.view().values, bias.span(), dropout, samples, z.view());
        benchmark::ClobberMemory();
    }
    // Bias, ReLU, scale. The random numbers of the mask are integers and not counted.
    set_cost(state, {.operations = operations(dropout.active() ? 3 : 2, z.size()),
                     .bytes = float_bytes(2 * z.size() + units),
                     .footprint = float_bytes(z.size())});
}

void relu(benchmark::State& state) {
    forward(state, {});
}
void relu_dropout(benchmark::State& state) {
    forward(state, nn::Dropout(kDropout, 1, 0, 0));
}

void relu_dropout_backward(benchmark::State& state) {
    const std::size_t rows = rows_of(state);
    const std::size_t units = kArchitecture.hidden.front();
    const nn::Dropout dropout(kDropout, 1, 0, 0);
    Operand da(rows, units);
    Operand a(rows, units);
    linalg::FloatBuffer dbias(linalg::padded_stride(units));
    for (auto _ : state) {
        nn::hidden_backward(da.view().values, a.view(), dropout, dbias.span(), da.view());
        benchmark::ClobberMemory();
    }
    set_cost(state, {.operations = operations(2, a.size()),
                     .bytes = float_bytes(2 * a.size() + units),
                     .footprint = float_bytes(a.size())});
}

void softmax(benchmark::State& state) {
    const std::size_t rows = rows_of(state);
    const std::size_t classes = kArchitecture.classes;
    Operand z(rows, classes);
    const linalg::FloatBuffer bias(linalg::padded_stride(classes));
    linalg::FloatBuffer dbias(linalg::padded_stride(classes));
    const std::vector<std::uint8_t> labels(rows);
    for (auto _ : state) {
        benchmark::DoNotOptimize(nn::softmax_cross_entropy_gradient(nn::Loss::clipped_probabilities, z.view().values,
                                                                    bias.span(), labels, {}, dbias.span()));
    }
    // Bias, maximum, difference, sum, quotient, gradient. exp is not counted.
    set_cost(state, {.operations = operations(6, z.size()),
                     .bytes = float_bytes(2 * z.size() + 2 * classes),
                     .footprint = float_bytes(z.size())});
}

void rmsprop(benchmark::State& state) {
    const std::size_t size = nn::ParameterLayout(kArchitecture).size();
    optim::Optimizer optimizer({}, size);
    linalg::FloatBuffer weights(size);
    const linalg::FloatBuffer gradient(size);
    for (auto _ : state) {
        optimizer.update(weights.span(), gradient.span(), 1.0f / 128, 1);
        benchmark::ClobberMemory();
    }
    set_cost(state,
             {.operations = operations(11, size), .bytes = float_bytes(5 * size), .footprint = float_bytes(3 * size)});
}

}  // namespace

void register_elementwise() {
    const std::pair<const char*, void (*)(benchmark::State&)> kernels[] = {
        {"gather", gather},
        {"relu", relu},
        {"relu_dropout", relu_dropout},
        {"relu_dropout_backward", relu_dropout_backward},
        {"softmax_cross_entropy_gradient", softmax}};
    for (const auto& [name, kernel] : kernels) {
        for (const long rows : kRows) {
            benchmark::RegisterBenchmark(fmt::format("elementwise/{}", name).c_str(), kernel)->Arg(rows);
        }
    }
    benchmark::RegisterBenchmark("elementwise/rmsprop", rmsprop);
}

}  // namespace dropsweep::bench
