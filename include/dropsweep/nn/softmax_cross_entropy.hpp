// Softmax, the cross-entropy loss and its gradient.
#pragma once

#include <cstdint>
#include <span>

#include "dropsweep/linalg/loss_and_correct.hpp"
#include "dropsweep/linalg/matrix.hpp"

namespace dropsweep::nn {

/// The loss of a row with logits z, p = softmax(z) and label y:
///
///     from_logits             loss = log sum_c exp(z_c - max z) - (z_y - max z)          dz = p - onehot(y)
///     clipped_probabilities   loss = -log(clip(p_y, 1e-7, 1 - 1e-7))                     the same, 0 where clipped
///
/// Source: torch.nn.CrossEntropyLoss; keras.losses.SparseCategoricalCrossentropy(from_logits=False) on Keras's JAX and
/// PyTorch backends.
enum class Loss { clipped_probabilities, from_logits };

// The bias, [classes], is added here to the products of the last layer, [rows, classes]; both are padded as for
// products (linalg/sparse_product.hpp). At most 256 classes. A row is correct when its largest logit, the first of
// equals, is that of y. Sums over classes are made in ascending order, in float; exp and log are those of
// linalg/float_math-inl.hpp. Local: no communication.

/// Loss and correct predictions of some rows, summed over them (the caller divides once by the global count).
/// @param labels  y, [rows], each below classes
/// @return  loss in nats, summed in double, rows in ascending order
linalg::LossAndCorrect softmax_cross_entropy(Loss loss, linalg::ConstMatrix products, std::span<const float> bias,
                                             std::span<const std::uint8_t> labels);

/// The same, and the gradient in one pass, 0 where it is below 2^-40 in magnitude. Loss and gradient of a row are
/// multiplied by the weight of its class, as by class_weight of Keras's Model.fit (which leaves validation unweighted).
/// @param products       in: Z without bias; out: dL/dZ
/// @param class_weights  [classes], or empty: 1 each
/// @param dbias          out: [classes], padded: column sums of dZ, rows in ascending order
linalg::LossAndCorrect softmax_cross_entropy_gradient(Loss loss, linalg::Matrix products, std::span<const float> bias,
                                                      std::span<const std::uint8_t> labels,
                                                      std::span<const float> class_weights, std::span<float> dbias);

/// The probability of each class and the most probable one: P = softmax(Z).
/// @param probabilities  out: [rows, classes], not padded
/// @param predicted      out: [rows], the class with the largest logit, the first of equals
void softmax(linalg::ConstMatrix products, std::span<const float> bias, linalg::Matrix probabilities,
             std::span<std::uint8_t> predicted);

}  // namespace dropsweep::nn
