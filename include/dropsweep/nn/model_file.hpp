#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "dropsweep/core/matrix.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// A trained network and what a user of it has to know.
struct Model {
    Architecture architecture;
    core::FloatBuffer weights;                    ///< laid out as ParameterLayout(architecture)
    std::map<std::string, std::string> metadata;  ///< "classes", "input_scale", ... as written
};

/// Writes a safetensors file, atomically: tensors `dense/kernel` [in, out], `dense/bias` [out], `dense_1/kernel` ... in
/// order, float32; the class count and the input scaling (1/255) in the metadata beside `metadata`.
/// The bytes are a function of the arguments. Local: no communication.
/// @throws Error  io_error
void write_model(const std::filesystem::path& path, const Architecture& architecture, std::span<const float> weights,
                 const std::map<std::string, std::string>& metadata);

/// Reads what write_model wrote.
/// @throws Error  missing_input: not there or not readable; bad_data: not a safetensors file, damaged, other tensors
///                than those of a dense network, or weights that are not finite
Model read_model(const std::filesystem::path& path);

}  // namespace dropsweep::nn
