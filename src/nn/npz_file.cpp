// Exports a model as a NumPy archive.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/nn/model_export.hpp"
#include "dropsweep/system/npz.hpp"

namespace dropsweep::nn {
namespace {

/// "00_dense_kernel": as many digits as sorting by name needs.
std::string array_name(std::size_t index, std::size_t arrays, std::string tensor) {
    std::ranges::replace(tensor, '/', '_');
    const std::size_t digits = std::max<std::size_t>(2, fmt::to_string(arrays - 1).size());
    return fmt::format("{:0{}}_{}", index, digits, tensor);
}

}  // namespace

void write_npz(const std::filesystem::path& path, const Model& model) {
    const ParameterLayout layout(model.architecture);
    const std::vector<ParameterLayout::Tensor>& tensors = layout.tensors();
    system::NpzWriter archive(path);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        archive.add<float>(array_name(i, tensors.size(), tensors[i].name), tensors[i].shape,
                           model.weights.span().subspan(tensors[i].offset, tensors[i].size));
    }
    for (const auto& [name, values] :
         {std::pair("input_mean", &model.feature_means), std::pair("input_deviation", &model.feature_deviations)}) {
        if (!values->empty()) archive.add<float>(name, {values->size()}, *values);
    }
    archive.write();
}

}  // namespace dropsweep::nn
