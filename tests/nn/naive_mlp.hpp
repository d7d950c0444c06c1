// The naive twin of the network: plain loops in double, with a bound for the error of a float computation.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// The rounding error of one operation, relative to its result: in float, and where each operand is narrowed.
inline constexpr double kFloatRounding = 0x1p-24;
inline constexpr double kBFloat16Rounding = 0x1p-8;

/// A number in double, and how far from it a correct float computation may end, whatever the order of its sums.
struct Estimate {
    double value = 0;
    double error = 0;
    double largest() const { return std::abs(value) + error; }
};

/// The sum of `count` products. With operands a (1 + ...) and b that are wrong by ea and eb, each product is wrong by
/// |a| eb + |b| ea + ea eb, and `count` roundings reach each of them in the worst order of summation.
/// @param u     the rounding error of one operation
/// @param pair  gives operands l as two Estimates
template <class Pair>
Estimate dot(double u, std::size_t count, Pair pair) {
    Estimate sum;
    double magnitude = 0;
    for (std::size_t l = 0; l < count; ++l) {
        const auto [a, b] = pair(l);
        sum.value += a.value * b.value;
        sum.error += std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error;
        magnitude += a.largest() * b.largest();
    }
    sum.error += 1.01 * static_cast<double>(count) * u * magnitude;  // 1.01: the terms of second order
    return sum;
}

/// Everything that one forward and backward pass computes, summed over its rows.
struct NaivePass {
    std::vector<std::vector<Estimate>> activations;  ///< of each hidden layer, [rows * units]
    std::vector<Estimate> logits;                    ///< [rows * classes]
    Estimate loss;
    std::int64_t correct = 0;
    std::vector<Estimate> gradient;  ///< laid out as the weights
    /// The smallest |z| before a ReLU: how far the nearest kink is.
    double nearest_kink = std::numeric_limits<double>::infinity();
};

/// What survives of each unit is multiplied by: 0 or 1 / (1 - rate in force). [samples.size() * units]
inline std::vector<double> dropout_factors(const Dropout& dropout, std::span<const std::uint32_t> samples,
                                           std::size_t units) {
    std::vector<double> factors(samples.size() * units, 1.0);
    std::vector<std::uint16_t> bits(units);
    for (std::size_t i = 0; dropout.active() && i < samples.size(); ++i) {
        dropout.random_bits(samples[i], bits);
        for (std::size_t u = 0; u < units; ++u) {
            factors[i * units + u] = bits[u] < dropout.threshold() ? 0.0 : 65536.0 / (65536.0 - dropout.threshold());
        }
    }
    return factors;
}

/// What naive_pass goes by. u is the rounding error of one operation, for the errors of the Estimates.
struct NaiveNetwork {
    const Architecture& architecture;
    std::span<const double> weights;
    std::span<const std::uint8_t> labels;
    const std::vector<std::vector<double>>& factors;  ///< of each hidden layer, [rows * units]
    double u;

    ParameterLayout layout{architecture};
    std::size_t rows = labels.size();
    std::size_t last = architecture.layers() - 1;
    std::vector<std::vector<Estimate>> inputs{};  ///< of each layer
    std::vector<std::vector<Estimate>> slopes{};  ///< da/dz of each hidden layer

    void forward(NaivePass& pass) {
        for (std::size_t layer = 0; layer <= last; ++layer) {
            const DenseView<const double> dense = layout.layer(weights, layer);
            const std::size_t fan_in = dense.kernel.rows;
            const std::size_t fan_out = dense.kernel.columns;
            std::vector<Estimate> outputs(rows * fan_out);
            if (layer < last) slopes.emplace_back(rows * fan_out);
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t j = 0; j < fan_out; ++j) {
                    Estimate z = dot(u, fan_in, [&](std::size_t l) {
                        return std::pair{inputs[layer][i * fan_in + l], Estimate{dense.kernel.row(l)[j], 0}};
                    });
                    z.value += dense.bias[j];
                    z.error += u * z.largest();
                    if (layer == last) {
                        outputs[i * fan_out + j] = z;
                        continue;
                    }
                    // The scale is rounded, and so is the product with it. Near the kink the float sign may be the
                    // other.
                    const double factor = factors[layer][i * fan_out + j];
                    const bool sign_is_sure = std::abs(z.value) > z.error;
                    pass.nearest_kink = std::min(pass.nearest_kink, std::abs(z.value));
                    const double activation = std::max(z.value, 0.0) * factor;
                    outputs[i * fan_out + j] = {activation, factor * (z.error + 2.1 * u * z.largest())};
                    slopes[layer][i * fan_out + j] = {z.value > 0 ? factor : 0.0, sign_is_sure ? u * factor : factor};
                }
            }
            inputs.push_back(std::move(outputs));
        }
        pass.logits = inputs.back();
        pass.activations.assign(inputs.begin() + 1, inputs.end() - 1);
    }

    /// @return  dz of the last layer
    std::vector<Estimate> loss(NaivePass& pass) const {
        const std::size_t classes = architecture.classes;
        std::vector<Estimate> dz(rows * classes);
        for (std::size_t i = 0; i < rows; ++i) {
            const std::span<const Estimate> z = std::span(pass.logits).subspan(i * classes, classes);
            double largest = z[0].value;
            double smallest = z[0].value;
            double logit_error = 0;
            std::size_t predicted = 0;
            for (std::size_t c = 0; c < classes; ++c) {
                if (z[c].value > largest) predicted = c;
                largest = std::max(largest, z[c].value);
                smallest = std::min(smallest, z[c].value);
                logit_error = std::max(logit_error, z[c].error);
            }
            double sum = 0;
            for (const Estimate& logit : z) sum += std::exp(logit.value - largest);
            // An exponential is wrong, relatively, by two logits' errors, the rounding of their difference and its own.
            const double exponential_error = 2 * logit_error + u * (largest - smallest) + 2 * u;
            // Their sum, its logarithm and the difference that is the loss round in float, whatever the products do.
            const double sum_error = exponential_error + static_cast<double>(classes) * kFloatRounding;
            const double row_loss = std::log(sum) + largest - z[labels[i]].value;
            pass.loss.value += row_loss;
            pass.loss.error += 1.1 * sum_error + 2 * logit_error + kFloatRounding * (2 * std::log(sum) + 2 * row_loss);
            pass.correct += predicted == labels[i] ? 1 : 0;
            for (std::size_t c = 0; c < classes; ++c) {
                const double probability = std::exp(z[c].value - largest) / sum;
                dz[i * classes + c] = {probability - (c == labels[i] ? 1 : 0),
                                       1.1 * (exponential_error + sum_error) * probability + 2 * u};
            }
        }
        return dz;
    }

    void backward(std::vector<Estimate> dz, NaivePass& pass) const {
        for (std::size_t layer = last; true; --layer) {
            const DenseView<const double> dense = layout.layer(weights, layer);
            const DenseView<Estimate> gradient = layout.layer(std::span(pass.gradient), layer);
            const std::size_t fan_in = dense.kernel.rows;
            const std::size_t fan_out = dense.kernel.columns;
            for (std::size_t j = 0; j < fan_out; ++j) {
                gradient.bias[j] = dot(u, rows, [&](std::size_t i) {
                    return std::pair{dz[i * fan_out + j], Estimate{1, 0}};
                });
                for (std::size_t l = 0; l < fan_in; ++l) {
                    gradient.kernel.row(l)[j] = dot(u, rows, [&](std::size_t i) {
                        return std::pair{inputs[layer][i * fan_in + l], dz[i * fan_out + j]};
                    });
                }
            }
            if (layer == 0) return;
            std::vector<Estimate> below(rows * fan_in);
            for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t l = 0; l < fan_in; ++l) {
                    const Estimate da = dot(u, fan_out, [&](std::size_t j) {
                        return std::pair{dz[i * fan_out + j], Estimate{dense.kernel.row(l)[j], 0}};
                    });
                    below[i * fan_in + l] = dot(u, 1, [&](std::size_t) {
                        return std::pair{da, slopes[layer - 1][i * fan_in + l]};
                    });
                }
            }
            dz = std::move(below);
        }
    }
};

/// The specification of Mlp with Loss::from_logits: plain loops in double, in the order of the formulas. (The one to
/// the last bit is tests/train/naive_training.hpp.)
/// @param x        [rows * inputs]
/// @param u        the rounding error of one operation, for the errors of the Estimates
/// @param factors  for each hidden layer, what dropout multiplies each unit by, [rows * units]
inline NaivePass naive_pass(const Architecture& architecture, std::span<const double> weights,
                            std::span<const double> x, std::span<const std::uint8_t> labels,
                            const std::vector<std::vector<double>>& factors, double u = kFloatRounding) {
    NaiveNetwork network{architecture, weights, labels, factors, u};
    NaivePass pass;
    pass.gradient.resize(network.layout.size());
    network.inputs.emplace_back();
    for (const double value : x) network.inputs[0].push_back({value, 0});
    network.forward(pass);
    network.backward(network.loss(pass), pass);
    return pass;
}

}  // namespace dropsweep::nn
