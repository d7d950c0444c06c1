// Bias, activation (ReLU) and dropout of a hidden layer, forward and backward.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "dropsweep/linalg/bfloat16.hpp"
#include "dropsweep/linalg/bitmap.hpp"
#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/linalg/philox.hpp"

namespace dropsweep::nn {

/// What the activation is called, by us and by ONNX.
struct ActivationName {
    const char* name;
    const char* onnx_operator;
};
inline constexpr ActivationName kActivation = {"relu", "Relu"};

/// Inverted dropout of one layer in one epoch. A unit is dropped when its 16 random bits, as a number, are below
/// t = round(65536 p), at most 65535; the others are scaled by 65536 / (65536 - t), so that the expectation of an
/// activation is unchanged. The mask is a function of (seed, layer, epoch, sample, unit): unit u of a sample takes bits
/// 16 (u mod 8) ... of the sample's block u / 8.
/// Source: Srivastava et al. (2014), with the scaling at training time as in Keras.
class Dropout {
  public:
    /// No dropout.
    Dropout() = default;
    /// @param rate  p, 0 <= p < 1
    Dropout(double rate, std::uint64_t seed, std::uint32_t layer, std::uint32_t epoch,
            linalg::Purpose purpose = linalg::Purpose::dropout);

    bool active() const { return threshold_ > 0; }
    /// t.
    std::uint32_t threshold() const { return threshold_; }
    float scale() const { return scale_; }
    const linalg::StreamKey& key() const { return key_; }

    /// The 16 random bits of each unit of a sample.
    /// @param bits  out: [units]
    void random_bits(std::uint32_t sample, std::span<std::uint16_t> bits) const;

  private:
    linalg::StreamKey key_;
    std::uint32_t threshold_ = 0;
    float scale_ = 1.0f;
};

// T, float or linalg::BFloat16, is the type of the operands of products; rows are padded as for them
// (linalg/sparse_product.hpp). Local: no communication.

/// Bias, activation and dropout in one pass, and the bitmap that is the mask of the gradient: all non-zeros, and here
/// nothing else, since ReLU has no slope where it is 0; else it would be every unit that is kept.
/// a = max(z + b, 0) * mask * scale, and 0 where that is below 2^-40;  NaN stays, so that divergence shows in the loss
///
/// @param z        products, [rows, units]
/// @param bias     b, [units], padded
/// @param samples  [rows], the index of each row in the training set; may be empty when dropout is not active
/// @param a        out: [rows, units]; its values may be z
template <class T>
void hidden_forward(linalg::ConstMatrix z, std::span<const float> bias, const Dropout& dropout,
                    std::span<const std::uint32_t> samples, const linalg::SparseMatrix<T>& a);

/// The gradient through dropout and activation, its bitmap, and the gradient of the bias.
/// dz = da * scale where a is not 0, else 0, and 0 where that is below 2^-40 in magnitude;  db = column sums of dz,
/// rows in ascending order
/// @param da      dL/da, [rows, units]
/// @param a       as hidden_forward gave it; its bitmap serves as mask of dropout and ReLU
/// @param dbias   out: [units], padded; sums of dz before it is narrowed to T
/// @param dz      out: dL/dz, [rows, units]; its values may be da
template <class T>
void hidden_backward(linalg::ConstMatrix da, const std::type_identity_t<linalg::SparseMatrix<const T>>& a,
                     const Dropout& dropout, std::span<float> dbias, const linalg::SparseMatrix<T>& dz);

/// Dropout of the inputs of a network: x = x * mask * scale; the bitmap follows.
/// @param samples  [rows], the index of each row in the training set
/// @param x        in and out, [rows, inputs]
template <class T>
void drop_inputs(const Dropout& dropout, std::span<const std::uint32_t> samples, const linalg::SparseMatrix<T>& x);

/// Converts values that are no activations to operands of products, with their bitmap.
/// @param from  [rows, columns], padded
/// @param to    out: its values may be from
template <class T>
void as_operand(linalg::ConstMatrix from, const linalg::SparseMatrix<T>& to);

}  // namespace dropsweep::nn
