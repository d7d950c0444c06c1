#include "dropsweep/nn/softmax_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dropsweep::nn {
namespace {

/// Adds the bias to one row. @return  the class with the largest logit, the first of equals
std::size_t add_bias(std::span<const float> products, std::span<const float> bias, std::span<float> logits) {
    std::size_t predicted = 0;
    for (std::size_t c = 0; c < products.size(); ++c) {
        logits[c] = products[c] + bias[c];
        if (logits[c] > logits[predicted]) predicted = c;
    }
    return predicted;
}

/// Logits of one row to the exponentials of their distances to `largest`. @return  their sum
double exponentiate(std::span<float> logits, float largest) {
    double sum = 0;
    for (float& value : logits) {
        value = std::exp(value - largest);
        sum += value;
    }
    return sum;
}

/// One row: exponentials of the shifted logits into `exponentials`, their sum into `sum`; adds to the tally.
void tally_row(std::span<const float> products, std::span<const float> bias, std::size_t label,
               std::span<float> exponentials, double& sum, core::Tally& tally) {
    const std::size_t predicted = add_bias(products, bias, exponentials);
    const float largest = exponentials[predicted];
    const float label_logit = exponentials[label];
    sum = exponentiate(exponentials, largest);
    tally.loss += std::log(sum) + (static_cast<double>(largest) - label_logit);
    tally.correct += predicted == label ? 1 : 0;
}

}  // namespace

core::Tally softmax_cross_entropy(core::ConstMatrix products, std::span<const float> bias,
                                  std::span<const std::uint8_t> labels) {
    assert(labels.size() == products.rows && bias.size() == products.columns);
    core::Tally tally;
    std::vector<float> exponentials(products.columns);
    for (std::size_t i = 0; i < products.rows; ++i) {
        double sum = 0;
        tally_row(products.row(i), bias, labels[i], exponentials, sum, tally);
    }
    return tally;
}

void softmax(core::ConstMatrix products, std::span<const float> bias, core::Matrix probabilities,
             std::span<std::uint8_t> predicted) {
    assert(probabilities.rows == products.rows && predicted.size() == products.rows);
    for (std::size_t i = 0; i < products.rows; ++i) {
        const std::span<float> row = probabilities.row(i);
        const std::size_t best = add_bias(products.row(i), bias, row);
        predicted[i] = static_cast<std::uint8_t>(best);
        const double sum = exponentiate(row, row[best]);
        for (float& value : row) value = static_cast<float>(value / sum);
    }
}

core::Tally softmax_cross_entropy_gradient(core::Matrix products, std::span<const float> bias,
                                           std::span<const std::uint8_t> labels, std::span<float> dbias) {
    assert(labels.size() == products.rows && bias.size() == products.columns);
    core::Tally tally;
    std::ranges::fill(dbias, 0.0f);
    for (std::size_t i = 0; i < products.rows; ++i) {
        const std::span<float> row = products.row(i);
        double sum = 0;
        tally_row(row, bias, labels[i], row, sum, tally);
        for (std::size_t c = 0; c < row.size(); ++c) {
            row[c] = static_cast<float>(row[c] / sum) - (c == labels[i] ? 1.0f : 0.0f);
            dbias[c] += row[c];
        }
    }
    return tally;
}

}  // namespace dropsweep::nn
