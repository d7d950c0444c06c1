#include "dropsweep/nn/model_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"

namespace dropsweep::nn {
namespace {

using Json = nlohmann::ordered_json;
static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr const char* kMetadata = "__metadata__";

[[noreturn]] void bad(const std::filesystem::path& path, const std::string& what) {
    throw Error(ExitCode::bad_data,
                fmt::format("{}: {}; give a .safetensors model that dropsweep wrote", path.string(), what));
}

Json parse_header(const std::filesystem::path& path, std::string_view content) {
    std::uint64_t length = 0;
    if (content.size() < kLengthBytes) bad(path, "too short for a safetensors file");
    std::memcpy(&length, content.data(), kLengthBytes);
    if (length > content.size() - kLengthBytes) bad(path, "its header is longer than the file");
    const std::string_view text = content.substr(kLengthBytes, length);
    Json header = Json::parse(text, nullptr, false);
    if (!header.is_object()) bad(path, "its header is not a JSON object");
    return header;
}

/// The widths of the layers, from the shapes of dense/kernel, dense_1/kernel ...
Architecture architecture_of(const std::filesystem::path& path, const Json& header) {
    std::vector<std::size_t> widths;
    for (std::size_t layer = 0; true; ++layer) {
        const std::string name = layer == 0 ? "dense/kernel" : fmt::format("dense_{}/kernel", layer);
        const auto tensor = header.find(name);
        if (tensor == header.end()) break;
        // By reference: copying a value recurses, and a hostile header may nest it deeper than the stack.
        static const Json kNothing;
        const Json& shape = tensor->is_object() && tensor->contains("shape") ? (*tensor)["shape"] : kNothing;
        const bool valid =
            shape.is_array() && shape.size() == 2 && shape[0].is_number_unsigned() && shape[1].is_number_unsigned();
        if (!valid) bad(path, fmt::format("tensor {} is not a matrix", name));
        constexpr std::uint64_t kWidest = std::uint64_t{1} << 31;
        for (const Json& extent : shape) {
            if (extent.get<std::uint64_t>() == 0 || extent.get<std::uint64_t>() > kWidest) {
                bad(path, fmt::format("tensor {} has an impossible shape", name));
            }
        }
        if (layer == 0) widths.push_back(shape[0].get<std::size_t>());
        if (shape[0].get<std::size_t>() != widths.back()) {
            bad(path, fmt::format("tensor {} does not fit the layer before it", name));
        }
        widths.push_back(shape[1].get<std::size_t>());
    }
    if (widths.empty()) bad(path, "it has no tensor dense/kernel");
    return {widths.front(), {widths.begin() + 1, widths.end() - 1}, widths.back()};
}

}  // namespace

void write_model(const std::filesystem::path& path, const Architecture& architecture, std::span<const float> weights,
                 const std::map<std::string, std::string>& metadata) {
    Json header;
    header[kMetadata] = {
        {"format", "dropsweep"}, {"classes", fmt::to_string(architecture.classes)}, {"input_scale", "1/255"}};
    for (const auto& [key, value] : metadata) header[kMetadata][key] = value;
    const ParameterLayout layout(architecture);
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        const std::size_t begin = tensor.offset * sizeof(float);
        header[tensor.name] = {
            {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + tensor.size * sizeof(float)}}};
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // the tensors begin on a multiple of 8 bytes, as the format asks
    const std::uint64_t length = text.size();
    core::write_file_atomically(
        path, std::array{std::string_view(reinterpret_cast<const char*>(&length), kLengthBytes), std::string_view(text),
                         std::string_view(reinterpret_cast<const char*>(weights.data()), weights.size_bytes())});
}

Model read_model(const std::filesystem::path& path) {
    const std::string content = core::read_file(path);
    const Json header = parse_header(path, content);
    std::uint64_t header_length = 0;
    std::memcpy(&header_length, content.data(), kLengthBytes);
    const std::string_view data = std::string_view(content).substr(kLengthBytes + header_length);

    Model model;
    model.architecture = architecture_of(path, header);
    // Checked before the layout multiplies them: the sizes have to fit into the file anyway.
    std::size_t announced = 0;
    for (std::size_t layer = 0; layer < model.architecture.layers(); ++layer) {
        const std::size_t fan_in = model.architecture.fan_in(layer);
        const std::size_t fan_out = model.architecture.fan_out(layer);
        announced += (fan_in + 1) * fan_out * sizeof(float);
        if (fan_in > data.size() || fan_out > data.size() || announced > data.size()) {
            bad(path, "its tensors are larger than the file");
        }
    }
    const ParameterLayout layout(model.architecture);
    if (data.size() != layout.size() * sizeof(float)) {
        bad(path, fmt::format("{} bytes of weights instead of {}", data.size(), layout.size() * sizeof(float)));
    }
    const std::size_t expected_entries = layout.tensors().size() + (header.contains(kMetadata) ? 1 : 0);
    if (header.size() != expected_entries) bad(path, "it has other tensors than those of a dense network");
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        const std::size_t begin = tensor.offset * sizeof(float);
        const Json expected = {
            {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + tensor.size * sizeof(float)}}};
        const auto found = header.find(tensor.name);
        if (found == header.end() || !found->is_object()) bad(path, fmt::format("tensor {} is missing", tensor.name));
        for (const char* field : {"dtype", "shape", "data_offsets"}) {
            if (!found->contains(field) || (*found)[field] != expected[field]) {
                bad(path, fmt::format("tensor {} has an unexpected {}", tensor.name, field));
            }
        }
    }
    model.weights = core::FloatBuffer(layout.size());
    std::memcpy(model.weights.data(), data.data(), data.size());
    const std::span<const float> weights = model.weights.span();
    if (!std::ranges::all_of(weights, [](float w) { return std::isfinite(w); })) {
        bad(path, "some weights are not finite numbers");
    }
    if (header.contains(kMetadata) && header[kMetadata].is_object()) {
        for (const auto& [key, value] : header[kMetadata].items()) {
            if (value.is_string()) model.metadata[key] = value.get<std::string>();
        }
    }
    return model;
}

}  // namespace dropsweep::nn
