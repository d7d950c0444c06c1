// Where the parameters of a network lie in one flat buffer.
#include "dropsweep/nn/parameters.hpp"

#include <algorithm>
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

/// Rows on cache lines, an odd number of them; a bias is a row.
TEST(ParameterLayout, PaddedRowsBeginOnCacheLines) {
    const ParameterLayout layout({3, {20}, 2}, ParameterLayout::Rows::padded);
    std::vector<std::size_t> offsets;
    std::vector<std::size_t> strides;
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        offsets.push_back(tensor.offset);
        strides.push_back(tensor.stride);
        EXPECT_EQ(tensor.size, tensor.stride * (tensor.shape.size() == 1 ? 1 : tensor.shape[0]));
    }
    EXPECT_THAT(strides, ElementsAre(48, 48, 16, 16));
    EXPECT_THAT(offsets, ElementsAre(0, 3 * 48, 4 * 48, 4 * 48 + 20 * 16));
    EXPECT_EQ(layout.size(), 4u * 48 + 21 * 16);
    EXPECT_EQ(layout.range_of(1).begin, 4u * 48);
    EXPECT_EQ(layout.range_of(1).end, layout.size());
    std::vector<float> flat(layout.size());
    const DenseView<float> first = layout.layer(std::span(flat), 0);
    EXPECT_EQ(first.kernel.stride, 48u);
    EXPECT_EQ(first.kernel.row(2).data(), flat.data() + 2 * 48);
    EXPECT_EQ(first.bias.data(), flat.data() + 3 * 48);
}

TEST(ParameterLayout, CopiesBetweenLayoutsAndLeavesGapsAlone) {
    const Architecture architecture{3, {20, 16}, 2};
    const ParameterLayout dense(architecture);
    const ParameterLayout padded(architecture, ParameterLayout::Rows::padded);
    std::vector<float> values(dense.size());
    std::iota(values.begin(), values.end(), 1.0f);
    std::vector<float> wide(padded.size(), -1.0f);
    copy_parameters(dense, values, padded, wide);
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(wide, -1.0f)), padded.size() - dense.size());
    EXPECT_EQ(padded.layer(std::span(wide), 0).kernel.row(1)[3], 24);
    std::vector<float> back(dense.size());
    copy_parameters(padded, wide, dense, back);
    EXPECT_EQ(back, values);
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
