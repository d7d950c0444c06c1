// Every matrix product of the model, by itself.

#include "../products.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "kernels.hpp"

namespace dropsweep::bench {
namespace {

template <class T>
using Product = void (Products<T>::*)(std::size_t layer, std::span<const core::Range> shards);

template <class T>
void add(const std::shared_ptr<Products<T>>& products, const char* group, const char* name, Product<T> product,
         std::size_t layer, long rows) {
    benchmark::RegisterBenchmark(
        fmt::format("{}/{}/{}/{}", group, name, layer, rows).c_str(), [=](benchmark::State& state) {
            const auto m = static_cast<std::size_t>(rows);
            const std::array whole{core::Range{0, m}};
            for (auto _ : state) ((*products).*product)(layer, whole);
            const std::size_t in = kArchitecture.fan_in(layer);
            const std::size_t out = kArchitecture.fan_out(layer);
            // A result in float beside two operands; which of the three it is depends on the product, so all count as
            // T.
            const double bytes = static_cast<double>(sizeof(T)) * static_cast<double>(m * in + in * out + m * out);
            set_cost(state,
                     {.operations = 2.0 * static_cast<double>(m * in * out), .bytes = bytes, .footprint = bytes});
        });
}

template <class T>
void add_all(const char* group, core::Gemm gemm) {
    const auto products = std::make_shared<Products<T>>(kArchitecture, static_cast<std::size_t>(kRows.front()), gemm);
    for (const long rows : kRows) {
        for (std::size_t layer = 0; layer < kArchitecture.layers(); ++layer) {
            add<T>(products, group, "forward", &Products<T>::forward, layer, rows);
            add<T>(products, group, "weight_gradient", &Products<T>::weight_gradient, layer, rows);
            if (layer > 0) add<T>(products, group, "input_gradient", &Products<T>::input_gradient, layer, rows);
        }
    }
}

}  // namespace

void register_products() {
    add_all<float>("product", core::Gemm::openblas);
    if (!core::has_onednn()) return;
    add_all<core::BFloat16>("product-bf16", core::Gemm::own);
}

}  // namespace dropsweep::bench
