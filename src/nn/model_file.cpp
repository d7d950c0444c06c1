// Writes safetensors files, and reads them with a check of everything in them.
#include "dropsweep/nn/model_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "dropsweep/system/files.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/error.hpp"
#include "dropsweep/text/hex.hpp"
#include "dropsweep/text/words.hpp"

namespace dropsweep::nn {
namespace {

using Json = nlohmann::json;
static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

constexpr std::size_t kLengthBytes = 8;
constexpr const char* kMetadata = "__metadata__";
constexpr const char* kDigest = "sha256";
// Limits of what a header may cost its reader: ours have about 100 bytes per tensor and three levels.
constexpr std::size_t kLongestHeader = 10'000'000;
constexpr int kDeepestHeader = 8;

[[noreturn]] void bad(const std::filesystem::path& path, const std::string& what) {
    throw Error(ExitCode::bad_data,
                fmt::format("{}: {}; give a .safetensors model that dropsweep wrote", path.string(), what));
}

/// A value of the header for a message: one short line.
std::string shown(const Json& value) {
    constexpr std::size_t kLongest = 60;
    const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

/// The deepest nesting of a JSON text. Found before it is parsed, because the parser's values are copied and printed by
/// recursion, for which the stack may be too small. (With a callback the parser takes quadratic time in the tensors.)
int nesting(std::string_view text) {
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string && c == '\\') ++i;
        if (c == '"') in_string = !in_string;
        if (in_string) continue;
        if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
        if (c == ']' || c == '}') --depth;
    }
    return deepest;
}

/// The two parts of a safetensors file.
struct Parts {
    Json header;
    std::string_view tensors;
};

Parts split(const std::filesystem::path& path, std::string_view content) {
    std::uint64_t length = 0;
    if (content.size() < kLengthBytes) {
        bad(path, fmt::format("not a safetensors file, or cut short: it has {} bytes", content.size()));
    }
    std::memcpy(&length, content.data(), kLengthBytes);
    if (length > content.size() - kLengthBytes) {
        bad(path, fmt::format("not a safetensors file, or cut short: it has {} bytes, its header alone {}",
                              content.size(), length));
    }
    if (length > kLongestHeader) bad(path, fmt::format("its header has {} bytes, too many for a model", length));
    const std::string_view text = content.substr(kLengthBytes, length);
    if (nesting(text) > kDeepestHeader) bad(path, "its header is nested too deeply");
    Json header = Json::parse(text, nullptr, false);
    if (!header.is_object()) bad(path, "not a safetensors file: its header is not a JSON object");
    return {std::move(header), content.substr(kLengthBytes + length)};
}

/// The widths of the layers, from the shapes of dense/kernel, dense_1/kernel ...
Architecture architecture_of(const std::filesystem::path& path, const Json& header) {
    std::vector<std::size_t> widths;
    for (std::size_t layer = 0; true; ++layer) {
        const std::string name = layer == 0 ? "dense/kernel" : fmt::format("dense_{}/kernel", layer);
        const auto tensor = header.find(name);
        if (tensor == header.end()) break;
        const Json shape = tensor->is_object() ? tensor->value("shape", Json()) : Json();
        const bool valid =
            shape.is_array() && shape.size() == 2 && shape[0].is_number_unsigned() && shape[1].is_number_unsigned();
        if (!valid) bad(path, fmt::format("tensor {} is not a matrix: shape {}", name, shown(shape)));
        constexpr std::uint64_t kWidest = std::uint64_t{1} << 31;
        for (const Json& extent : shape) {
            if (extent.get<std::uint64_t>() == 0 || extent.get<std::uint64_t>() > kWidest) {
                bad(path, fmt::format("tensor {} has the impossible shape {}", name, shown(shape)));
            }
        }
        if (layer == 0) widths.push_back(shape[0].get<std::size_t>());
        if (shape[0].get<std::size_t>() != widths.back()) {
            bad(path, fmt::format("tensor {} has the shape {} after a layer of {} outputs", name, shown(shape),
                                  widths.back()));
        }
        widths.push_back(shape[1].get<std::size_t>());
    }
    if (widths.empty()) bad(path, "it has no tensor dense/kernel");
    return {widths.front(), {widths.begin() + 1, widths.end() - 1}, widths.back()};
}

/// Called before a layout multiplies the widths: a hostile header must not make the product overflow, or take memory.
void check_size(const std::filesystem::path& path, const Architecture& architecture, std::size_t available) {
    std::size_t needed = 0;
    for (std::size_t layer = 0; layer < architecture.layers(); ++layer) {
        const std::size_t rows = architecture.fan_in(layer) + 1;  // of the kernel, and the bias
        const bool fits = architecture.fan_out(layer) <= available / sizeof(float) / rows;
        if (fits) needed += rows * architecture.fan_out(layer) * sizeof(float);
        if (!fits || needed > available) bad(path, "its tensors are larger than the file, which may be cut short");
    }
    if (needed != available) bad(path, fmt::format("{} bytes of weights instead of {}", available, needed));
}

/// The header must have exactly the tensors of the layout, at the same places.
void check_tensors(const std::filesystem::path& path, const Json& header, const ParameterLayout& layout) {
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        const auto found = header.find(tensor.name);
        if (found == header.end()) bad(path, fmt::format("tensor {} is missing", tensor.name));
        if (!found->is_object()) bad(path, fmt::format("tensor {} is {}", tensor.name, shown(*found)));
        const std::size_t begin = tensor.offset * sizeof(float);
        const Json expected = {
            {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + tensor.size * sizeof(float)}}};
        for (const char* field : {"dtype", "shape", "data_offsets"}) {
            const Json actual = found->value(field, Json());
            if (actual != expected[field]) {
                bad(path, fmt::format("tensor {} has {} {} instead of {}", tensor.name, field, shown(actual),
                                      shown(expected[field])));
            }
        }
    }
    std::set<std::string> expected = {kMetadata};
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) expected.insert(tensor.name);
    for (const auto& [name, value] : header.items()) {
        if (!expected.contains(name)) bad(path, fmt::format("tensor {} is not of a dense network", shown(name)));
    }
}

void check_finite(const std::filesystem::path& path, const ParameterLayout& layout, std::span<const float> weights) {
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        const auto bad_values = std::ranges::count_if(weights.subspan(tensor.offset, tensor.size),
                                                      [](float weight) { return !std::isfinite(weight); });
        if (bad_values > 0) {
            bad(path, fmt::format("{} of the {} weights in tensor {} are not finite numbers", bad_values, tensor.size,
                                  tensor.name));
        }
    }
}

/// The value of "sha256" in the metadata. It covers metadata and weights, not the bytes of the file, so that other
/// tools may read the file and write it again.
std::string digest_of(std::map<std::string, std::string> metadata, std::span<const float> weights) {
    metadata.erase(kDigest);
    const std::string text = Json(metadata).dump(-1, ' ', false, Json::error_handler_t::replace);
    system::Sha256 hash;
    hash.update(std::as_bytes(std::span(text)));
    hash.update(std::as_bytes(weights));
    return text::to_hex(hash.finish());
}

void check_digest(const std::filesystem::path& path, const Model& model) {
    const auto digest = model.metadata.find(kDigest);
    if (digest != model.metadata.end() && digest->second != digest_of(model.metadata, model.weights.span())) {
        bad(path, "its weights or metadata were altered after it was written (they do not have its sha256)");
    }
}

/// The names of `count` classes or features in the metadata; empty: it has none.
/// @throws Error  bad_data: not as many names, or some that are equal
std::vector<std::string> names_in(const std::filesystem::path& path, const Model& model, const char* key,
                                  std::size_t count) {
    const auto entry = model.metadata.find(key);
    if (entry == model.metadata.end()) return {};
    std::vector<std::string> names;
    const Json list = nesting(entry->second) == 1 ? Json::parse(entry->second, nullptr, false) : Json();
    if (list.is_array()) {
        for (const Json& name : list) {
            if (name.is_string()) names.push_back(name.get<std::string>());
        }
    }
    if (names.size() != count || std::set(names.begin(), names.end()).size() != count) {
        bad(path, fmt::format("its {} are not {} different names", key, count));
    }
    return names;
}

/// Likewise the numbers of all inputs, each finite and at least `least`.
std::vector<float> numbers_in(const std::filesystem::path& path, const Model& model, const char* key, float least) {
    const auto entry = model.metadata.find(key);
    if (entry == model.metadata.end()) return {};
    std::vector<float> numbers;
    const Json list = nesting(entry->second) == 1 ? Json::parse(entry->second, nullptr, false) : Json();
    if (list.is_array()) {
        for (const Json& number : list) {
            const float value = number.is_number() ? number.get<float>() : std::numeric_limits<float>::quiet_NaN();
            if (std::isfinite(value) && value >= least) numbers.push_back(value);
        }
    }
    if (numbers.size() != model.architecture.inputs || list.size() != numbers.size()) {
        bad(path, fmt::format("its {} are not {} numbers", key, model.architecture.inputs));
    }
    return numbers;
}

}  // namespace

std::string to_metadata(const std::vector<float>& numbers) {
    return fmt::format("[{}]", fmt::join(numbers, ","));
}

std::string to_metadata(const std::vector<std::string>& names) {
    return Json(names).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write_model(const std::filesystem::path& path, const Architecture& architecture, std::span<const float> weights,
                 const std::map<std::string, std::string>& metadata) {
    std::map<std::string, std::string> all = metadata;
    all.insert({{"format", "dropsweep"}, {"classes", fmt::to_string(architecture.classes)}, {"input_scale", "1/255"}});
    all[kDigest] = digest_of(all, weights);
    nlohmann::ordered_json header;  // the tensors in the order of the file
    header[kMetadata] = all;
    const ParameterLayout layout(architecture);
    for (const ParameterLayout::Tensor& tensor : layout.tensors()) {
        const std::size_t begin = tensor.offset * sizeof(float);
        header[tensor.name] = {
            {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + tensor.size * sizeof(float)}}};
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // the tensors begin on a multiple of 8 bytes, as the format asks
    const std::uint64_t length = text.size();
    system::write_file_atomically(
        path, std::array{std::string_view(reinterpret_cast<const char*>(&length), kLengthBytes), std::string_view(text),
                         std::string_view(reinterpret_cast<const char*>(weights.data()), weights.size_bytes())});
}

Model read_model(const std::filesystem::path& path) {
    const std::string content = system::read_file(path);
    const auto [header, tensors] = split(path, content);
    Model model;
    model.architecture = architecture_of(path, header);
    check_size(path, model.architecture, tensors.size());
    const ParameterLayout layout(model.architecture);
    check_tensors(path, header, layout);
    model.weights = linalg::FloatBuffer(layout.size());
    std::memcpy(model.weights.data(), tensors.data(), tensors.size());
    check_finite(path, layout, model.weights.span());
    const auto metadata = header.find(kMetadata);
    if (metadata != header.end() && metadata->is_object()) {
        for (const auto& [key, value] : metadata->items()) {
            if (value.is_string()) model.metadata[key] = value.get<std::string>();
        }
    }
    check_digest(path, model);
    model.class_names = names_in(path, model, "class_names", model.architecture.classes);
    if (model.class_names.empty()) model.class_names = text::number_names(model.architecture.classes);
    model.feature_names = names_in(path, model, "feature_names", model.architecture.inputs);
    model.feature_means = numbers_in(path, model, "feature_means", std::numeric_limits<float>::lowest());
    model.feature_deviations = numbers_in(path, model, "feature_deviations", 0);
    if (model.feature_means.size() != model.feature_deviations.size()) {
        bad(path, "it has feature_means or feature_deviations alone");
    }
    return model;
}

}  // namespace dropsweep::nn
