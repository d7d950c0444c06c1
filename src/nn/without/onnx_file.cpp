// Stands for onnx_file.cpp in a build without ONNX.
#include "dropsweep/nn/model_export.hpp"
#include "dropsweep/system/features.hpp"

namespace dropsweep::nn {

void write_onnx(const std::filesystem::path&, const Model&) {
    system::refuse_without("onnx", "export the model as npz");
}

}  // namespace dropsweep::nn
