#include <algorithm>
#include <numeric>

#include "dropsweep/core/add.hpp"
#include "dropsweep/core/sha256.hpp"
#include "dropsweep/nn/initializers.hpp"
#include "dropsweep/nn/mlp.hpp"
#include "dropsweep/optim/rmsprop.hpp"

#include "work.hpp"

// Stand-ins for everything that computes with weights: they take the time that it takes and touch nothing.

using dropsweep::simulate::arithmetic;
using dropsweep::simulate::compute;

namespace dropsweep::core {

void add_to(std::span<float> /*into*/, std::span<const float> /*from*/) {}  // part of Costs::shared_byte

struct Sha256::Context {};
Sha256::Sha256() = default;
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
    compute(static_cast<double>(bytes.size()) * arithmetic.costs.hash_byte);
}

Digest Sha256::finish() {
    return {};
}

}  // namespace dropsweep::core

namespace dropsweep::optim {

void RmsProp::update(std::span<float> weights, std::span<const float> /*gradient*/, float /*gradient_scale*/) {
    compute(arithmetic.coarsening * static_cast<double>(weights.size()) * arithmetic.costs.update);
}

void RmsProp::update(std::span<float> weights, std::span<const float> gradient, float gradient_scale,
                     std::span<core::BFloat16> /*narrowed*/) {
    update(weights, gradient, gradient_scale);
}

}  // namespace dropsweep::optim

namespace dropsweep::nn {

void glorot_uniform(const Architecture& /*architecture*/, std::uint64_t /*seed*/, std::span<float> flat) {
    compute(static_cast<double>(flat.size()) * arithmetic.costs.initial_weight);
}

/// Remembers which epoch of which trial it computes.
template <class T>
class Mlp::Pass {
  public:
    explicit Pass(std::size_t inputs) : inputs_(inputs) {}

    T* inputs() { return inputs_.data(); }

    void forward(std::span<const std::size_t> leaf_rows, std::span<const Dropout> dropout) {
        rows_ = static_cast<double>(std::accumulate(leaf_rows.begin(), leaf_rows.end(), std::size_t{0}));
        if (!dropout.empty()) of_ = dropout.front();
    }
    double rows() const { return rows_; }
    /// Of the last training step.
    double step_seconds() const {
        constexpr double kThresholds = 65536;
        return arithmetic.coarsening * rows_ * arithmetic.costs.row_at(of_.threshold() / kThresholds);
    }
    double validation_loss() const { return arithmetic.losses.at(of_.threshold(), of_.key().seed, of_.key().epoch); }

  private:
    core::AlignedBuffer<T> inputs_;
    double rows_ = 0;
    Dropout of_;  ///< of the last training step
};

namespace {

/// The share of a layer's products in those of a step, which are as many operations per row as parameters: one in the
/// forward pass, and in the backward pass the gradients of the kernel and, but for the first layer, of the input.
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
    double forward = 0;
    std::vector<double> backward;  ///< of each layer
};

}  // namespace

Mlp::Mlp(const Architecture& architecture, std::size_t max_rows, const core::Arithmetic& /*arithmetic*/,
         std::size_t /*leaves*/)
    : layout_(architecture), pass_(std::make_unique<Pass<float>>(max_rows * architecture.inputs)) {}

Mlp::~Mlp() = default;

std::variant<core::Matrix, core::Bf16Matrix> Mlp::inputs(std::size_t rows) {
    return core::Matrix(std::get<0>(pass_)->inputs(), rows, layout_.tensors().front().shape.front());
}

void Mlp::forward(const Weights& /*weights*/, std::span<const std::size_t> leaf_rows, std::span<const Dropout> dropout,
                  std::span<const std::uint32_t> /*samples*/) {
    Pass<float>& pass = *std::get<0>(pass_);
    pass.forward(leaf_rows, dropout);
    if (dropout.empty()) {
        compute(pass.rows() * arithmetic.costs.evaluation_row);
    } else {
        compute(pass.step_seconds() * Shares(layout_).forward);
    }
}

core::Tally Mlp::evaluate(const Weights& /*weights*/, std::span<const std::uint8_t> labels) {
    return {std::get<0>(pass_)->validation_loss() * static_cast<double>(labels.size()), 0};
}

void Mlp::predict(const Weights& /*weights*/, core::Matrix /*probabilities*/, std::span<std::uint8_t> /*predicted*/) {}

void Mlp::backward(const Weights& /*weights*/, std::span<const std::uint8_t> /*labels*/,
                   std::span<const Dropout> /*dropout*/, const GradientSink& gradient, std::span<core::Tally> tallies) {
    std::ranges::fill(tallies, core::Tally{});
    const Shares shares(layout_);
    for (std::size_t layer = layout_.layers(); layer-- > 0;) {
        compute(std::get<0>(pass_)->step_seconds() * shares.backward[layer]);
        gradient.between_products();
        gradient.layer_done(layer);
    }
}

}  // namespace dropsweep::nn
