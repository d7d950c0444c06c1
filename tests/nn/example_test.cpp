// The layer nn in use: a network learns one sample by steps against its gradient.
#include <gtest/gtest.h>

#include "dropsweep/nn/initializers.hpp"

#include "one_leaf.hpp"

namespace dropsweep::nn {
namespace {

TEST(NnExample, ANetworkLearnsASample) {
    const Architecture architecture{.inputs = 3, .hidden = {5}, .classes = 2};
    std::vector<float> weights(ParameterLayout(architecture).size());
    glorot_uniform(architecture, 1, weights);

    OneLeaf<> network(architecture, 1);
    const std::vector<float> x = {0.5f, 0, 1};
    const std::vector<std::uint8_t> label = {1};
    std::vector<float> gradient(weights.size());
    std::vector<double> losses;
    for (int step = 0; step < 20; ++step) {
        network.forward(weights, x, 1, {}, {});
        losses.push_back(network.backward(label, {}, gradient).loss);
        for (std::size_t w = 0; w < weights.size(); ++w) weights[w] -= 0.1f * gradient[w];
    }
    EXPECT_LT(losses.back(), losses.front() / 2);
    EXPECT_EQ(network.evaluate(label).correct, 1);
}

}  // namespace
}  // namespace dropsweep::nn
