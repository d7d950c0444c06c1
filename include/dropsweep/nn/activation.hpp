#pragma once

#include <cstdint>
#include <span>

#include "dropsweep/core/bfloat16.hpp"
#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/philox.hpp"

namespace dropsweep::nn {

/// Inverted dropout of one layer in one epoch. A unit is dropped when its 16 random bits, as a number, are below
/// round(65536 p): the rate in force is within 2^-17 of p. Survivors are scaled by 1 / (1 - rate in force), so that the
/// expectation of an activation is unchanged. The mask is a function of (seed, layer, epoch, sample, unit): unit u of
/// a sample takes bits 16 (u mod 8) ... of the sample's block u / 8.
/// Source: Srivastava et al. (2014), with the scaling at training time as in Keras.
class Dropout {
  public:
    /// No dropout.
    Dropout() = default;
    /// @param rate  p, 0 <= p < 1
    Dropout(double rate, std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch);

    bool active() const { return threshold_ > 0; }
    std::uint32_t threshold() const { return threshold_; }
    float scale() const { return scale_; }
    const core::StreamKey& key() const { return key_; }

    /// The 16 random bits of each unit of a sample.
    /// @param bits  out: [units]
    void random_bits(std::uint32_t sample, std::span<std::uint16_t> bits) const;

  private:
    core::StreamKey key_;
    std::uint32_t threshold_ = 0;
    float scale_ = 1.0f;
};

/// Bias, ReLU and dropout of a hidden layer in one pass, in place.
/// a = max(z + b, 0) * mask * scale;  NaN stays NaN, so that a diverged network shows in its loss
/// @param z        in: products [rows, units]; out: activations a
/// @param bias     b, [units]
/// @param samples  [rows], the index of each row in the training set; empty when dropout is not active
/// Local: no communication.
void bias_relu_dropout_forward(core::Matrix z, std::span<const float> bias, const Dropout& dropout,
                               std::span<const std::uint32_t> samples);

/// The same, narrowed to bfloat16 in the same pass: z stays as it is.
/// @param a  out: [rows, units]
void bias_relu_dropout_forward(core::ConstMatrix z, std::span<const float> bias, const Dropout& dropout,
                               std::span<const std::uint32_t> samples, core::Bf16Matrix a);

/// The gradient through dropout and ReLU in place, and the gradient of the bias.
/// dz = da * scale where a > 0, else 0;  db = column sums of dz, rows in ascending order
/// @param da     in: dL/da [rows, units]; out: dL/dz
/// @param a      what the forward pass left, [rows, units]: a unit is positive exactly where it was neither dropped nor
///               cut off, so no mask has to be kept
/// @param dbias  out: [units]
/// Local: no communication.
void bias_relu_dropout_backward(core::Matrix da, core::ConstMatrix a, const Dropout& dropout, std::span<float> dbias);

/// The same, narrowed to bfloat16 in the same pass: da stays as it is, db is summed up before narrowing.
/// @param dz  out: dL/dz, [rows, units]
void bias_relu_dropout_backward(core::ConstMatrix da, core::ConstBf16Matrix a, const Dropout& dropout,
                                std::span<float> dbias, core::Bf16Matrix dz);

}  // namespace dropsweep::nn
