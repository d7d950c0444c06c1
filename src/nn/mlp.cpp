#include "dropsweep/nn/mlp.hpp"

#include "mlp_pass.hpp"

namespace dropsweep::nn {

Mlp::Mlp(const Architecture& architecture, std::size_t max_rows, const core::Arithmetic& arithmetic, std::size_t shards)
    : layout_(architecture) {
    if (arithmetic.precision == core::Precision::fp32) {
        pass_ = std::make_unique<Pass<float>>(architecture, max_rows, arithmetic.gemm, shards);
    } else {
        pass_ = std::make_unique<Pass<core::BFloat16>>(architecture, max_rows, arithmetic.gemm, shards);
    }
}

Mlp::~Mlp() = default;
Mlp::Mlp(Mlp&&) noexcept = default;

std::variant<core::Matrix, core::Bf16Matrix> Mlp::inputs(std::size_t rows) {
    return std::visit([&](auto& pass) -> std::variant<core::Matrix, core::Bf16Matrix> { return pass->inputs(rows); },
                      pass_);
}

/// Calls work(pass, weights) with both of one element type.
template <class Work>
auto Mlp::with_pass(const Weights& weights, Work&& work) {
    return std::visit(
        [&](auto& pass) {
            using Element = typename std::remove_reference_t<decltype(*pass)>::Element;
            return work(*pass, std::get<std::span<const Element>>(weights));
        },
        pass_);
}

void Mlp::forward(const Weights& weights, std::span<const std::size_t> shard_rows, std::span<const Dropout> dropout,
                  std::span<const std::uint32_t> samples) {
    with_pass(weights, [&](auto& pass, auto flat) { pass.forward(flat, shard_rows, dropout, samples); });
}

core::Tally Mlp::evaluate(const Weights& weights, std::span<const std::uint8_t> labels) {
    return with_pass(weights, [&](auto& pass, auto flat) { return pass.evaluate(flat, labels); });
}

void Mlp::predict(const Weights& weights, core::Matrix probabilities, std::span<std::uint8_t> predicted) {
    with_pass(weights, [&](auto& pass, auto flat) { pass.predict(flat, probabilities, predicted); });
}

void Mlp::backward(const Weights& weights, std::span<const std::uint8_t> labels, std::span<const Dropout> dropout,
                   const GradientSink& gradient, std::span<core::Tally> tallies) {
    with_pass(weights, [&](auto& pass, auto flat) { pass.backward(flat, labels, dropout, gradient, tallies); });
}

}  // namespace dropsweep::nn
