#pragma once

#include <cstdint>
#include <span>

#include "dropsweep/core/matrix.hpp"
#include "dropsweep/core/tally.hpp"

namespace dropsweep::nn {

/// Loss and correct predictions of some rows, summed over them (the caller divides once by the global count).
/// loss = sum_i [ logsumexp(z_i) - z_i[y_i] ];  a row is correct when its largest logit, the first of equals, is y_i
/// @param products  Z without bias, [rows, classes]
/// @param bias      [classes], added here
/// @param labels    y, [rows], each below classes
/// @return  loss in nats, in double, rows in ascending order
/// Local: no communication. Source: Goodfellow, Bengio, Courville (2016), 6.2.2.3, shifted by the row's maximum.
core::Tally softmax_cross_entropy(core::ConstMatrix products, std::span<const float> bias,
                                  std::span<const std::uint8_t> labels);

/// The same and its gradient in one pass.
/// dZ = softmax(Z) - onehot(y);  dbias = column sums of dZ, rows in ascending order
/// @param products  in: Z without bias, [rows, classes]; out: dL/dZ
/// @param dbias     out: [classes]
core::Tally softmax_cross_entropy_gradient(core::Matrix products, std::span<const float> bias,
                                           std::span<const std::uint8_t> labels, std::span<float> dbias);

/// The probability of each class and the most probable one: P = softmax(Z).
/// @param products       Z without bias, [rows, classes]; classes <= 256
/// @param probabilities  out: [rows, classes]
/// @param predicted      out: [rows], the class with the largest logit, the first of equals
/// Local: no communication.
void softmax(core::ConstMatrix products, std::span<const float> bias, core::Matrix probabilities,
             std::span<std::uint8_t> predicted);

}  // namespace dropsweep::nn
