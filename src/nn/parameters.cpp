#include "dropsweep/nn/parameters.hpp"

#include <fmt/format.h>

namespace dropsweep::nn {

ParameterLayout::ParameterLayout(const Architecture& architecture) {
    const auto add = [this](std::string name, std::vector<std::size_t> shape) {
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        tensors_.push_back({std::move(name), std::move(shape), size_, size});
        size_ += size;
    };
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        const std::string name = layer == 0 ? "dense" : fmt::format("dense_{}", layer);
        add(name + "/kernel", {architecture.fan_in(layer), architecture.fan_out(layer)});
        add(name + "/bias", {architecture.fan_out(layer)});
    }
}

}  // namespace dropsweep::nn
