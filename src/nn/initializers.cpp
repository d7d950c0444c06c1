// Glorot-uniform weights: each row of a kernel has a Philox sequence of its own.
#include "dropsweep/nn/initializers.hpp"

#include <algorithm>
#include <cmath>

#include "dropsweep/linalg/philox.hpp"

namespace dropsweep::nn {

void glorot_uniform(const Architecture& architecture, std::uint64_t seed, std::span<float> flat) {
    const ParameterLayout layout(architecture);
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        const DenseView<float> dense = layout.layer(flat, layer);
        const float limit = std::sqrt(6.0f / static_cast<float>(dense.kernel.rows + dense.kernel.columns));
        const linalg::StreamKey key{seed, linalg::Purpose::initial_weights, static_cast<std::uint32_t>(layer)};
        for (std::size_t i = 0; i < dense.kernel.rows; ++i) {
            linalg::PhiloxSequence numbers(key, static_cast<std::uint32_t>(i));
            for (float& w : dense.kernel.row(i)) w = (2.0f * numbers.uniform() - 1.0f) * limit;
        }
        std::ranges::fill(dense.bias, 0.0f);
    }
}

}  // namespace dropsweep::nn
