// Lays parameters out, and copies them between layouts.
#include "dropsweep/nn/parameters.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dropsweep/linalg/sparse_product.hpp"

namespace dropsweep::nn {

ParameterLayout::ParameterLayout(const Architecture& architecture, Rows rows) {
    const auto add = [&](std::string name, std::vector<std::size_t> shape) {
        const std::size_t row_count = shape.size() == 1 ? 1 : shape.front();
        const std::size_t stride = rows == Rows::dense ? shape.back() : linalg::padded_stride(shape.back());
        tensors_.push_back({std::move(name), std::move(shape), size_, stride, row_count * stride});
        size_ += row_count * stride;
    };
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        const std::string name = layer == 0 ? "dense" : fmt::format("dense_{}", layer);
        add(name + "/kernel", {architecture.fan_in(layer), architecture.fan_out(layer)});
        add(name + "/bias", {architecture.fan_out(layer)});
    }
}

void copy_parameters(const ParameterLayout& from_layout, std::span<const float> from, const ParameterLayout& to_layout,
                     std::span<float> to) {
    for (std::size_t t = 0; t < from_layout.tensors().size(); ++t) {
        const ParameterLayout::Tensor& source = from_layout.tensors()[t];
        const ParameterLayout::Tensor& target = to_layout.tensors()[t];
        for (std::size_t row = 0; row * source.stride < source.size; ++row) {
            std::ranges::copy(from.subspan(source.offset + row * source.stride, source.shape.back()),
                              to.begin() + static_cast<std::ptrdiff_t>(target.offset + row * target.stride));
        }
    }
}

}  // namespace dropsweep::nn
