// Exports a model as an ONNX graph.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include "dropsweep/nn/activation.hpp"
#include "dropsweep/nn/model_export.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::nn {
namespace {

// The oldest pair in which Softmax has its present meaning (opset 13), so that old and new readers agree.
constexpr std::int64_t kIrVersion = 7;
constexpr std::int64_t kOpset = 13;
constexpr std::size_t kLargestMessage = std::numeric_limits<std::int32_t>::max();  // protobuf counts bytes in an int

[[noreturn]] void too_large(const std::filesystem::path& path) {
    throw Error(ExitCode::failure, fmt::format("{}: the model exceeds the 2 GiB that an ONNX file can hold; export it "
                                               "as npz",
                                               path.string()));
}

/// [N, width] float32.
void describe(onnx::ValueInfoProto& value, const char* name, std::size_t width, const char* meaning) {
    value.set_name(name);
    value.set_doc_string(meaning);
    onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param("N");
    type.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(width));
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const char* operation, const std::string& name,
                          const std::string& input, const std::string& output) {
    onnx::NodeProto& node = *graph.add_node();
    node.set_op_type(operation);
    node.set_name(name);
    node.add_input(input);
    node.add_output(output);
    return node;
}

void add_initializers(onnx::GraphProto& graph, const ParameterLayout& layout, std::span<const float> weights) {
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        onnx::TensorProto& initializer = *graph.add_initializer();
        initializer.set_name(tensor.name);
        initializer.set_data_type(onnx::TensorProto::FLOAT);
        for (const std::size_t extent : tensor.shape) initializer.add_dims(static_cast<std::int64_t>(extent));
        const std::span<const float> values = weights.subspan(tensor.offset, tensor.size);
        initializer.set_raw_data(values.data(), values.size_bytes());
    }
}

void add_constants(onnx::GraphProto& graph, const char* name, const std::vector<float>& values) {
    onnx::TensorProto& initializer = *graph.add_initializer();
    initializer.set_name(name);
    initializer.set_data_type(onnx::TensorProto::FLOAT);
    initializer.add_dims(static_cast<std::int64_t>(values.size()));
    initializer.set_raw_data(values.data(), values.size() * sizeof(float));
}

/// @return  the name of the standardized input
std::string add_standardization(onnx::GraphProto& graph, const Model& model) {
    std::vector<float> divisors = model.feature_deviations;
    // Inputs of deviation 0 become 0: they are divided by infinity.
    std::ranges::replace(divisors, 0.0f, std::numeric_limits<float>::infinity());
    add_constants(graph, "input/mean", model.feature_means);
    add_constants(graph, "input/deviation", divisors);
    add_node(graph, "Sub", "input/centre", "input", "input/centred").add_input("input/mean");
    add_node(graph, "Div", "input/scale", "input/centred", "input/standardized").add_input("input/deviation");
    return "input/standardized";
}

void add_layers(onnx::GraphProto& graph, const ParameterLayout& layout, const Model& model) {
    const std::vector<ParameterLayout::Tensor>& tensors = layout.tensors();
    std::string value = model.feature_means.empty() ? "input" : add_standardization(graph, model);
    for (std::size_t kernel = 0; kernel < tensors.size(); kernel += 2) {
        const bool last = kernel + 2 == tensors.size();
        const std::string name = tensors[kernel].name.substr(0, tensors[kernel].name.find('/'));
        const std::string product = last ? "logits" : name + "/product";
        onnx::NodeProto& gemm = add_node(graph, "Gemm", name, value, product);
        gemm.add_input(tensors[kernel].name);
        gemm.add_input(tensors[kernel + 1].name);
        value = last ? "probabilities" : name + "/activation";
        add_node(graph, last ? "Softmax" : kActivation.onnx_operator,
                 last ? "softmax" : fmt::format("{}/{}", name, kActivation.name), product, value);
    }
}

std::string serialized(const onnx::ModelProto& message) {
    std::string bytes;
    bytes.reserve(message.ByteSizeLong());
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&output);
    output.Trim();
    return bytes;
}

}  // namespace

void write_onnx(const std::filesystem::path& path, const Model& model) {
    const ParameterLayout layout(model.architecture);
    // Checked before the weights are copied into the message, which may not fit into memory.
    if (layout.size() > kLargestMessage / sizeof(float)) too_large(path);

    onnx::ModelProto message;
    message.set_ir_version(kIrVersion);
    message.add_opset_import()->set_version(kOpset);
    message.set_producer_name("dropsweep");
    message.set_producer_version(DROPSWEEP_VERSION);
    for (const auto& [key, value] : model.metadata) {
        onnx::StringStringEntryProto& entry = *message.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }
    onnx::GraphProto& graph = *message.mutable_graph();
    graph.set_name("dropsweep");
    const auto scale = model.metadata.find("input_scale");
    const bool takes_numbers = scale != model.metadata.end() && scale->second == "1";
    describe(*graph.add_input(), "input", model.architecture.inputs,
             takes_numbers ? "features as in the data" : "pixel values divided by 255, row by row");
    describe(*graph.add_output(), "probabilities", model.architecture.classes, "of each class");
    add_initializers(graph, layout, model.weights.span());
    add_layers(graph, layout, model);
    if (message.ByteSizeLong() > kLargestMessage) too_large(path);
    system::write_file_atomically(path, serialized(message));
}

}  // namespace dropsweep::nn
