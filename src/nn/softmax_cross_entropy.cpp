// Softmax and its loss, vectorised over the classes of a row.
#include "dropsweep/nn/softmax_cross_entropy.hpp"

#include <algorithm>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/softmax_cross_entropy.cpp"
#include <hwy/foreach_target.h>

#include "dropsweep/linalg/float_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dropsweep::nn::HWY_NAMESPACE {

using namespace linalg::HWY_NAMESPACE;

constexpr std::size_t kMostClasses = 256;

/// The softmax of one row.
struct Row {
    HWY_ALIGN float probabilities[kMostClasses] = {};
    std::size_t predicted = 0;
    float below_largest = 0;  ///< z_y - max z
    float sum = 0;            ///< of exp(z - max z)

    HWY_INLINE Row(const float* products, const float* bias, std::size_t classes, std::size_t label) {
        const std::size_t padded = (classes + 15) / 16 * 16;
        for (std::size_t c = 0; c < padded; c += kLanes) {
            store(hn::Add(load(products + c), load(bias + c)), probabilities + c);
        }
        for (std::size_t c = 1; c < classes; ++c) {
            if (probabilities[c] > probabilities[predicted]) predicted = c;
        }
        const float largest = probabilities[predicted];
        below_largest = probabilities[label] - largest;
        for (std::size_t c = 0; c < padded; c += kLanes) {
            store(exp_of_negative(hn::Sub(load(probabilities + c), all(largest))), probabilities + c);
        }
        for (std::size_t c = 0; c < classes; ++c) sum += probabilities[c];
        for (std::size_t c = 0; c < padded; c += kLanes) {
            store(hn::Div(load(probabilities + c), all(sum)), probabilities + c);
        }
    }
};

HWY_INLINE float log_of(float value) {
    return hn::GetLane(log_of_normal(all(value)));
}

/// Keras's bounds; the upper one is 1 - epsilon in double, rounded to float.
constexpr float kLeast = 1e-7f;
constexpr float kMost = static_cast<float>(1.0 - 1e-7);

HWY_INLINE float loss_of(Loss loss, const Row& row, std::size_t label) {
    if (loss == Loss::from_logits) return log_of(row.sum) - row.below_largest;
    const float p = row.probabilities[label];
    return -log_of(p < kLeast ? kLeast : p > kMost ? kMost : p);
}

HWY_INLINE bool has_gradient(Loss loss, const Row& row, std::size_t label) {
    const float p = row.probabilities[label];
    return loss == Loss::from_logits || !(p < kLeast || p > kMost);
}

/// @param weight  of the class
/// @param dz      null, or out: the gradient, which may be the products
linalg::LossAndCorrect loss_and_correct_of_row(Loss loss, const float* products, const float* bias, std::size_t classes,
                                               std::size_t label, float weight, float* dz, float* dbias) {
    Row row(products, bias, classes, label);
    const linalg::LossAndCorrect sums{weight * loss_of(loss, row, label), row.predicted == label ? 1 : 0};
    if (dz == nullptr) return sums;
    const bool flows = has_gradient(loss, row, label);
    row.probabilities[label] -= 1.0f;
    const std::size_t padded = (classes + 15) / 16 * 16;
    for (std::size_t c = classes; c < padded; ++c) row.probabilities[c] = 0;
    for (std::size_t c = 0; c < padded; c += kLanes) {
        const Floats weighted = hn::Mul(all(weight), load(row.probabilities + c));
        const Floats gradient = flows ? without_tiny(weighted) : hn::Zero(FloatTag());
        store(gradient, dz + c);
        store(hn::Add(load(dbias + c), gradient), dbias + c);
    }
    return sums;
}

std::size_t probabilities_of_row(const float* products, const float* bias, std::size_t classes, float* probabilities) {
    const Row row(products, bias, classes, 0);
    std::copy(row.probabilities, row.probabilities + classes, probabilities);
    return row.predicted;
}

}  // namespace dropsweep::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dropsweep::nn {
namespace {

HWY_EXPORT(loss_and_correct_of_row);
HWY_EXPORT(probabilities_of_row);

}  // namespace

linalg::LossAndCorrect softmax_cross_entropy(Loss loss, linalg::ConstMatrix products, std::span<const float> bias,
                                             std::span<const std::uint8_t> labels) {
    assert(labels.size() == products.rows && bias.size() >= products.columns);
    linalg::LossAndCorrect sums;
    for (std::size_t i = 0; i < products.rows; ++i) {
        sums += HWY_DYNAMIC_DISPATCH(loss_and_correct_of_row)(loss, products.row(i).data(), bias.data(),
                                                              products.columns, labels[i], 1.0f, nullptr, nullptr);
    }
    return sums;
}

linalg::LossAndCorrect softmax_cross_entropy_gradient(Loss loss, linalg::Matrix products, std::span<const float> bias,
                                                      std::span<const std::uint8_t> labels,
                                                      std::span<const float> class_weights, std::span<float> dbias) {
    assert(labels.size() == products.rows && bias.size() >= products.columns);
    assert(class_weights.empty() || class_weights.size() == products.columns);
    linalg::LossAndCorrect sums;
    std::ranges::fill(dbias, 0.0f);
    for (std::size_t i = 0; i < products.rows; ++i) {
        float* const row = products.row(i).data();
        const float weight = class_weights.empty() ? 1.0f : class_weights[labels[i]];
        sums += HWY_DYNAMIC_DISPATCH(loss_and_correct_of_row)(loss, row, bias.data(), products.columns, labels[i],
                                                              weight, row, dbias.data());
    }
    return sums;
}

void softmax(linalg::ConstMatrix products, std::span<const float> bias, linalg::Matrix probabilities,
             std::span<std::uint8_t> predicted) {
    assert(probabilities.rows == products.rows && predicted.size() == products.rows);
    for (std::size_t i = 0; i < products.rows; ++i) {
        predicted[i] = static_cast<std::uint8_t>(HWY_DYNAMIC_DISPATCH(probabilities_of_row)(
            products.row(i).data(), bias.data(), products.columns, probabilities.row(i).data()));
    }
}

}  // namespace dropsweep::nn
#endif
