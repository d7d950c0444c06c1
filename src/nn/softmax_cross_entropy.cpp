#include "dropsweep/nn/softmax_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dropsweep::nn {
namespace {

/// One row: exponentials of the shifted logits into `exponentials`, their sum into `sum`; adds to the tally.
void tally_row(std::span<const float> products, std::span<const float> bias, std::size_t label,
               std::span<float> exponentials, double& sum, core::Tally& tally) {
    float largest = products[0] + bias[0];
    std::size_t predicted = 0;
    for (std::size_t c = 0; c < products.size(); ++c) {
        exponentials[c] = products[c] + bias[c];
        if (exponentials[c] > largest) {
            largest = exponentials[c];
            predicted = c;
        }
    }
    const float label_logit = exponentials[label];
    sum = 0;
    for (float& value : exponentials) {
        value = std::exp(value - largest);
        sum += value;
    }
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
