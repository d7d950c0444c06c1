#include "dropsweep/nn/parameters.hpp"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropsweep::nn {
namespace {

using testing::ElementsAre;

TEST(Architecture, FansOfEachLayer) {
    const Architecture architecture{784, {512, 300}, 10};
    EXPECT_EQ(architecture.layers(), 3u);
    EXPECT_EQ(architecture.fan_in(0), 784u);
    EXPECT_EQ(architecture.fan_out(0), 512u);
    EXPECT_EQ(architecture.fan_in(1), 512u);
    EXPECT_EQ(architecture.fan_out(1), 300u);
    EXPECT_EQ(architecture.fan_in(2), 300u);
    EXPECT_EQ(architecture.fan_out(2), 10u);
}

TEST(Architecture, MayHaveNoHiddenLayer) {
    const Architecture architecture{4, {}, 3};
    EXPECT_EQ(architecture.layers(), 1u);
    EXPECT_EQ(architecture.fan_in(0), 4u);
    EXPECT_EQ(architecture.fan_out(0), 3u);
}

TEST(ParameterLayout, KernelThenBiasLayerByLayerWithoutGaps) {
    const ParameterLayout layout({6, {5, 4}, 3});
    const std::vector<std::string> names = {"dense/kernel", "dense/bias",     "dense_1/kernel",
                                            "dense_1/bias", "dense_2/kernel", "dense_2/bias"};
    const std::vector<std::vector<std::size_t>> shapes = {{6, 5}, {5}, {5, 4}, {4}, {4, 3}, {3}};
    const std::vector<std::size_t> sizes = {30, 5, 20, 4, 12, 3};
    ASSERT_EQ(layout.tensors().size(), names.size());
    std::size_t next = 0;
    for (std::size_t t = 0; t < names.size(); ++t) {
        EXPECT_EQ(layout.tensors()[t].name, names[t]);
        EXPECT_EQ(layout.tensors()[t].shape, shapes[t]);
        EXPECT_EQ(layout.tensors()[t].offset, next);
        EXPECT_EQ(layout.tensors()[t].size, sizes[t]);
        next += sizes[t];
    }
    EXPECT_EQ(layout.size(), next);
    EXPECT_EQ(ParameterLayout({784, {512, 512}, 10}).size(), 669'706u);
}

TEST(ParameterLayout, LayerIsAViewIntoTheFlatBuffer) {
    const ParameterLayout layout({2, {3}, 2});
    std::vector<float> flat(layout.size());
    std::iota(flat.begin(), flat.end(), 0.0f);
    const DenseView<float> first = layout.layer(std::span(flat), 0);
    EXPECT_THAT(first.kernel.row(0), ElementsAre(0, 1, 2));
    EXPECT_THAT(first.kernel.row(1), ElementsAre(3, 4, 5));
    EXPECT_THAT(first.bias, ElementsAre(6, 7, 8));
    const DenseView<const float> second = layout.layer(std::span<const float>(flat), 1);
    EXPECT_EQ(second.kernel.rows, 3u);
    EXPECT_THAT(second.kernel.row(2), ElementsAre(13, 14));
    EXPECT_THAT(second.bias, ElementsAre(15, 16));
    first.bias[0] = -1;
    EXPECT_EQ(flat[6], -1);
}

}  // namespace
}  // namespace dropsweep::nn
