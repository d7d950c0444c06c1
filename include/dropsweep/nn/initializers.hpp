// Initial weights.
#pragma once

#include <cstdint>
#include <span>

#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// Glorot-uniform kernels and zero biases, a function of (seed, layer, element) alone.
/// kernel ~ U(-limit, limit),  limit = sqrt(6 / (fan_in + fan_out)),  24 random bits an element
/// @param flat  out: all parameters, laid out as ParameterLayout(architecture)
/// Local: no communication. Source: Glorot, Bengio (2010), equation 16; Keras's default.
void glorot_uniform(const Architecture& architecture, std::uint64_t seed, std::span<float> flat);

}  // namespace dropsweep::nn
