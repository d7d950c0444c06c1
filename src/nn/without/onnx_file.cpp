#include "dropsweep/core/features.hpp"
#include "dropsweep/nn/model_export.hpp"

namespace dropsweep::nn {

void write_onnx(const std::filesystem::path&, const Model&) {
    core::refuse_without("onnx", "export the model as npz");
}

}  // namespace dropsweep::nn
