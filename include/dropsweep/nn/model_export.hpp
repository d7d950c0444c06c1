// Exports a trained model to ONNX and to NumPy.
#pragma once

#include <filesystem>

#include "dropsweep/nn/model_file.hpp"

namespace dropsweep::nn {

/// Writes an ONNX model (IR 7, opset 13), atomically:
///
///     input [N, inputs] -> (Gemm -> f) for each hidden layer -> Gemm -> Softmax -> probabilities [N, classes]
///
/// f is kActivation. Input and output are float32, N is any number of rows; the input holds pixel values divided by
/// 255, or features as they are in the data: a model that was trained with --standardize begins with Sub and Div. The
/// initializers have the names and shapes of the tensors of the model file, metadata_props its metadata. The bytes are
/// a function of the model and the version of the program. Local: no communication.
/// @param model  weights laid out as ParameterLayout(architecture)
/// @throws Error  failure: beyond the 2 GiB that an ONNX file can hold; io_error; usage: this build has no ONNX
void write_onnx(const std::filesystem::path& path, const Model& model);

/// Writes a NumPy .npz, atomically: float32, C order, uncompressed, in the order of keras.Model.set_weights (kernel
/// [in, out], bias [out], kernel ...), so that with f = numpy.load(path)
///
///     model.set_weights([f[name] for name in f.files])
///
/// The names are those of the model file with a number before them and '_' for '/', which other readers of the archive
/// would take for a folder: 00_dense_kernel, 01_dense_bias, 02_dense_1_kernel ... Sorted they are in the same order.
/// A model that was trained with --standardize also has input_mean and input_deviation [inputs], at the end.
/// The bytes are a function of the weights and their shapes. Local: no communication.
/// @param model  weights laid out as ParameterLayout(architecture)
/// @throws Error  failure: the archive cannot be made in memory; io_error; usage: this build has no libzip
void write_npz(const std::filesystem::path& path, const Model& model);

}  // namespace dropsweep::nn
