// Stand-ins for all functions that compute with weights: they take the simulated time of the real ones and do nothing.
#include <algorithm>
#include <map>
#include <numeric>

#include "dropsweep/linalg/add.hpp"
#include "dropsweep/linalg/sparse_product.hpp"
#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/optim/optimizer.hpp"
#include "dropsweep/system/sha256.hpp"

#include "work.hpp"

using dropsweep::simulate::arithmetic;
using dropsweep::simulate::compute;

namespace dropsweep::linalg {

void add_to(std::span<float> /*into*/, std::span<const float> /*from*/) {}  // its time is part of Costs::shared_byte

void remove_tiny(std::span<float> /*values*/) {}

}  // namespace dropsweep::linalg

namespace dropsweep::system {

Sha256::Sha256() : context_(nullptr, nullptr) {}

void Sha256::update(std::span<const std::byte> bytes) {
    compute(static_cast<double>(bytes.size()) * arithmetic.costs.hash_byte);
}

Digest Sha256::finish() {
    return {};
}

}  // namespace dropsweep::system

namespace dropsweep::optim {

bool Optimizer::update(std::span<float> weights, std::span<const float> /*gradient*/, float /*gradient_scale*/,
                       std::uint64_t /*step*/, std::span<linalg::BFloat16> /*narrowed*/) {
    compute(arithmetic.coarsening * static_cast<double>(weights.size()) * arithmetic.costs.update);
    return true;
}

}  // namespace dropsweep::optim

namespace dropsweep::nn {

void glorot_uniform(const Architecture& /*architecture*/, std::uint64_t /*seed*/, std::span<float> flat) {
    compute(static_cast<double>(flat.size()) * arithmetic.costs.initial_weight);
}

namespace {

/// The dropout of each network's last training step, whose key tells evaluate() the seed and epoch.
std::map<const void*, Dropout> last_dropout;

/// A training step of `rows` rows with the dropout of the last one.
double step_seconds(const void* mlp, std::size_t rows) {
    constexpr double kThresholds = 65536;
    return arithmetic.coarsening * static_cast<double>(rows) *
           arithmetic.costs.row_at(last_dropout[mlp].threshold() / kThresholds);
}

/// Shares of the products of a step. A product of a layer has as many operations per row as the layer has parameters.
/// Each layer has one product in the forward pass, and in the backward pass one for the gradient of the kernel and, but
/// for the first layer, one for that of the input.
struct Shares {
    explicit Shares(const ParameterLayout& layout) {
        const auto size = [&](std::size_t layer) { return static_cast<double>(layout.range_of(layer).size()); };
        double all = 0;
        for (std::size_t layer = 0; layer < layout.layers(); ++layer) {
            forward += size(layer);
            backward.push_back(size(layer) * (layer == 0 ? 1 : 2));
            all += size(layer) + backward.back();
        }
        forward /= all;
        for (double& share : backward) share /= all;
    }
    double forward = 0;            ///< of all layers
    std::vector<double> backward;  ///< of each layer
};

}  // namespace

template <class Products>
Mlp<Products>::Mlp(const Architecture& architecture, std::size_t max_rows, Loss loss,
                   std::span<const float> /*class_weights*/)
    : layout_(architecture, ParameterLayout::Rows::padded), last_(architecture.hidden.size()), loss_(loss) {
    inputs_.emplace_back(max_rows, architecture.inputs);
    for (std::size_t layer = 0; layer <= last_; ++layer) dz_.emplace_back(0, architecture.fan_out(layer));
}

template <class Products>
linalg::SparseMatrix<typename Products::Element> Mlp<Products>::inputs(std::size_t rows) {
    return inputs_[0].rows(rows);
}

template <class Products>
void Mlp<Products>::forward(Weights /*weights*/, std::span<const std::size_t> leaf_rows,
                            std::span<const Dropout> dropout, std::span<const std::uint32_t> /*samples*/) {
    rows_ = std::accumulate(leaf_rows.begin(), leaf_rows.end(), std::size_t{0});
    if (dropout.empty()) {
        compute(static_cast<double>(rows_) * arithmetic.costs.evaluation_row);
    } else {
        last_dropout[this] = dropout.front();
        compute(step_seconds(this, rows_) * Shares(layout_).forward);
    }
}

template <class Products>
linalg::LossAndCorrect Mlp<Products>::evaluate(Weights /*weights*/, std::span<const std::uint8_t> labels) {
    const Dropout& of = last_dropout[this];
    const double loss = arithmetic.losses.at(of.threshold(), of.key().seed, of.key().epoch);
    return {loss * static_cast<double>(labels.size()), 0};
}

template <class Products>
void Mlp<Products>::predict(Weights /*weights*/, linalg::Matrix /*probabilities*/,
                            std::span<std::uint8_t> /*predicted*/) {}

template <class Products>
void Mlp<Products>::backward(Weights /*weights*/, std::span<const std::uint8_t> /*labels*/,
                             std::span<const Dropout> /*dropout*/, const GradientSink& gradient,
                             std::span<linalg::LossAndCorrect> losses) {
    std::ranges::fill(losses, linalg::LossAndCorrect{});
    const Shares shares(layout_);
    for (std::size_t layer = layout_.layers(); layer-- > 0;) {
        compute(step_seconds(this, rows_) * shares.backward[layer]);
        gradient.between_products();
        gradient.layer_done(layer);
    }
}

template class Mlp<linalg::SparseProducts>;
template class Mlp<linalg::DenseProducts<float>>;
template class Mlp<linalg::DenseProducts<linalg::BFloat16>>;

}  // namespace dropsweep::nn
