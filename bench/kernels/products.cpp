// Every matrix product of the model, by itself.

#include "../products.hpp"

#include <memory>

#include <fmt/format.h>

#include "kernels.hpp"

namespace dropsweep::bench {
namespace {

using Product = void (Products::*)(std::size_t layer, std::size_t rows);

void add(const std::shared_ptr<Products>& products, const char* name, Product product, std::size_t layer, long rows) {
    benchmark::RegisterBenchmark(
        fmt::format("product/{}/{}/{}", name, layer, rows).c_str(), [=](benchmark::State& state) {
            const auto m = static_cast<std::size_t>(rows);
            for (auto _ : state) ((*products).*product)(layer, m);
            const std::size_t in = kArchitecture.fan_in(layer);
            const std::size_t out = kArchitecture.fan_out(layer);
            const double bytes = float_bytes(m * in + in * out + m * out);
            set_cost(state,
                     {.operations = 2.0 * static_cast<double>(m * in * out), .bytes = bytes, .footprint = bytes});
        });
}

}  // namespace

void register_products() {
    const auto products = std::make_shared<Products>(kArchitecture, static_cast<std::size_t>(kRows.front()));
    for (const long rows : kRows) {
        for (std::size_t layer = 0; layer < kArchitecture.layers(); ++layer) {
            add(products, "forward", &Products::forward, layer, rows);
            add(products, "weight_gradient", &Products::weight_gradient, layer, rows);
            if (layer > 0) add(products, "input_gradient", &Products::input_gradient, layer, rows);
        }
    }
}

}  // namespace dropsweep::bench
