// Benchmarks of every matrix product of the model: by the own kernels, OpenBLAS, and oneDNN in bfloat16.

#include "../products.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "dropsweep/system/features.hpp"

#include "kernels.hpp"

namespace dropsweep::bench {
namespace {

/// Shares of non-zeros: MNIST's pixels, and the activations of layers 1 and 2 in the third epoch at p = 0.3.
const std::vector<double> kDensities = {0.19, 0.18, 0.35};
const std::vector<double> kDense = {1, 1, 1};

template <class Products>
using Product = void (StepProducts<Products>::*)(std::size_t layer, std::span<const linalg::Range> leaves);

/// @param terms  multiply-adds that are done, without those of zeros
template <class Products>
void add(const std::shared_ptr<StepProducts<Products>>& products, const std::string& name, Product<Products> product,
         std::size_t layer, long rows, std::size_t terms) {
    benchmark::RegisterBenchmark(fmt::format("{}/{}/{}", name, layer, rows).c_str(), [=](benchmark::State& state) {
        const auto m = static_cast<std::size_t>(rows);
        const std::array whole{linalg::Range{0, m}};
        for (auto _ : state) ((*products).*product)(layer, whole);
        const std::size_t in = kArchitecture.fan_in(layer);
        const std::size_t out = kArchitecture.fan_out(layer);
        // One of the three matrices is the float32 result, which one depends on the product: all count as Elements.
        const double bytes =
            static_cast<double>(sizeof(typename Products::Element)) * static_cast<double>(m * in + in * out + m * out);
        set_cost(state, {.operations = 2.0 * static_cast<double>(terms), .bytes = bytes, .footprint = bytes});
        state.counters["dense_operations"] = 2.0 * static_cast<double>(m * in * out);
    });
}

template <class Products>
void add_all(const std::string& group, const std::vector<double>& densities) {
    for (const long rows : kRows) {
        const auto products =
            std::make_shared<StepProducts<Products>>(kArchitecture, static_cast<std::size_t>(rows), densities);
        for (std::size_t layer = 0; layer < kArchitecture.layers(); ++layer) {
            const std::size_t terms = products->nonzeros_of_input(layer) * kArchitecture.fan_out(layer);
            add<Products>(products, group + "/forward", &StepProducts<Products>::forward, layer, rows, terms);
            add<Products>(products, group + "/kernel_gradient", &StepProducts<Products>::kernel_gradient, layer, rows,
                          terms);
            if (layer == 0) continue;
            add<Products>(products, group + "/input_gradient", &StepProducts<Products>::input_gradient, layer, rows,
                          products->nonzeros_of_gradient(layer) * kArchitecture.fan_in(layer));
        }
    }
}

}  // namespace

void register_products() {
    add_all<linalg::SparseProducts>("product", kDensities);
    add_all<linalg::SparseProducts>("product-dense", kDense);
    add_all<linalg::DenseProducts<float>>("product-openblas", kDense);
    if (system::has_feature("onednn")) add_all<linalg::DenseProducts<linalg::BFloat16>>("product-bf16", kDense);
}

}  // namespace dropsweep::bench
