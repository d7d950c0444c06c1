// The initial weights are Glorot's, and depend on seed and layer alone.
#include "dropsweep/nn/initializers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::nn {
namespace {

std::vector<float> initial(const Architecture& architecture, std::uint64_t seed) {
    std::vector<float> flat(ParameterLayout(architecture).size(), std::numeric_limits<float>::quiet_NaN());
    glorot_uniform(architecture, seed, flat);
    return flat;
}

std::vector<float> kernel(const Architecture& architecture, std::uint64_t seed, std::size_t layer) {
    const std::vector<float> flat = initial(architecture, seed);
    const ParameterLayout layout(architecture);
    const ParameterLayout::Tensor& tensor = layout.tensors()[2 * layer];
    const auto first = flat.begin() + static_cast<std::ptrdiff_t>(tensor.offset);
    return {first, first + static_cast<std::ptrdiff_t>(tensor.size)};
}

// U(-L, L) has mean 0, variance L^2 / 3 and fourth moment L^4 / 5. Over n elements the mean has the standard deviation
// L / sqrt(3 n), the mean square sqrt((1/5 - 1/9) / n) L^2. Five of them. The largest of n elements is below
// L (1 - 20 / n) with probability e^-10; the rounding of the limit is 2 * 2^-24.
TEST(GlorotUniform, IsUniformWithinTheLimit) {
    const Architecture architecture{300, {200, 100}, 10};
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        SCOPED_TRACE(testing::Message() << "layer " << layer);
        const double limit =
            std::sqrt(6.0 / static_cast<double>(architecture.fan_in(layer) + architecture.fan_out(layer)));
        const std::vector<float> weights = kernel(architecture, 1, layer);
        const auto n = static_cast<double>(weights.size());
        double sum = 0;
        double squares = 0;
        for (const float w : weights) {
            sum += w;
            squares += static_cast<double>(w) * w;
        }
        const auto [smallest, largest] = std::ranges::minmax(weights);
        EXPECT_NEAR(sum / n, 0, 5 * limit / std::sqrt(3 * n));
        EXPECT_NEAR(squares / n, limit * limit / 3, 5 * limit * limit * std::sqrt((1.0 / 5 - 1.0 / 9) / n));
        EXPECT_LE(largest, limit * (1 + 0x1p-23));
        EXPECT_GE(smallest, -limit * (1 + 0x1p-23));
        EXPECT_GT(largest, limit * (1 - 20 / n));
        EXPECT_LT(smallest, -limit * (1 - 20 / n));
    }
}

TEST(GlorotUniform, BiasesAreZero) {
    const Architecture architecture{6, {5, 4}, 3};
    const std::vector<float> flat = initial(architecture, 1);
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        const auto bias = ParameterLayout(architecture).layer(std::span(flat), layer).bias;
        EXPECT_THAT(bias, testing::Each(0.0f)) << "layer " << layer;
    }
}

TEST(GlorotUniform, DependsOnSeedAndLayer) {
    const Architecture architecture{8, {8, 8}, 8};
    EXPECT_EQ(initial(architecture, 1), initial(architecture, 1));
    EXPECT_NE(kernel(architecture, 1, 0), kernel(architecture, 2, 0));
    EXPECT_NE(kernel(architecture, 1, 0), kernel(architecture, 1 + (std::uint64_t{1} << 32), 0));
    EXPECT_NE(kernel(architecture, 1, 0), kernel(architecture, 1, 1));
    EXPECT_NE(kernel(architecture, 1, 1), kernel(architecture, 1, 2));
}

// Equal fans, so equal limits: the other layers must not matter.
TEST(GlorotUniform, LayerDoesNotDependOnTheOthers) {
    EXPECT_EQ(kernel({7, {5, 4}, 3}, 1, 1), kernel({2, {5, 4, 9}, 8}, 1, 1));
}

}  // namespace
}  // namespace dropsweep::nn
