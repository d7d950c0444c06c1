// Model files: a trained network in the safetensors format.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dropsweep/linalg/matrix.hpp"
#include "dropsweep/nn/parameters.hpp"

namespace dropsweep::nn {

/// A trained network, and what is needed to use it.
struct Model {
    Architecture architecture;
    linalg::FloatBuffer weights;                       ///< laid out as ParameterLayout(architecture)
    std::map<std::string, std::string> metadata = {};  ///< "classes", "input_scale", ... as written
    /// [classes], from "class_names" in the metadata; else "0", "1" ...
    std::vector<std::string> class_names = {};
    /// [inputs], from "feature_names"; empty: they have none.
    std::vector<std::string> feature_names = {};
    /// [inputs], from "feature_means" and "feature_deviations": an input x becomes (x - mean) / deviation, or 0 where
    /// the deviation is 0. Empty: it stays as it is.
    std::vector<float> feature_means = {};
    std::vector<float> feature_deviations = {};
};

/// The value of "class_names" or "feature_names": a JSON array.
std::string to_metadata(const std::vector<std::string>& names);
/// The value of "feature_means" or "feature_deviations": a JSON array of decimals that read back exactly.
std::string to_metadata(const std::vector<float>& numbers);

/// Writes a safetensors file, atomically: tensors `dense/kernel` [in, out], `dense/bias` [out], `dense_1/kernel` ... in
/// order, float32. To `metadata` it adds, unless they are there, "classes", their number, and "input_scale", 1/255; and
/// `sha256`: the SHA-256, in hexadecimal digits, of all other metadata as compact JSON with sorted keys, followed by
/// the weights. The bytes are a function of the arguments. Local: no communication.
/// @param weights  laid out as ParameterLayout(architecture)
/// @throws Error  as write_file_atomically
void write_model(const std::filesystem::path& path, const Architecture& architecture, std::span<const float> weights,
                 const std::map<std::string, std::string>& metadata);

/// Reads a file of write_model, or of another program with these tensors; without `sha256` in the metadata altered
/// weights go unnoticed. Trusts no byte of the file. Local: no communication.
/// @throws Error  missing_input: not there or not readable; bad_data: not a safetensors file, damaged, other tensors
///                than those of a dense network, weights that are not finite, a wrong `sha256`, names that are not all
///                different, names, means or deviations of another number than the classes or inputs
Model read_model(const std::filesystem::path& path);

}  // namespace dropsweep::nn
