// Input: a safetensors file.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "dropsweep/nn/model_file.hpp"

#include "fuzz.hpp"

namespace {

using namespace dropsweep;

void require_same_after_writing(const nn::Model& model) {
    const std::filesystem::path path = fuzz::file("again.safetensors", "");
    nn::write_model(path, model.architecture, model.weights.span(), model.metadata);
    const nn::Model again = nn::read_model(path);
    fuzz::require(again.architecture == model.architecture, "the network is written as it was read");
    fuzz::require(again.weights.size() == model.weights.size() &&
                      std::memcmp(again.weights.data(), model.weights.data(), model.weights.span().size_bytes()) == 0,
                  "the weights are written as they were read");
    for (const auto& [key, value] : model.metadata) {
        const auto found = again.metadata.find(key);
        fuzz::require(found != again.metadata.end() && (found->second == value || key == "sha256"),
                      "the metadata are written as they were read");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path path = fuzz::file("model.safetensors", fuzz::as_text(data, size));
    nn::Model model;
    try {
        model = nn::read_model(path);
    } catch (const Error& error) {
        fuzz::require_refusal(error, ExitCode::bad_data);
        return 0;
    }
    fuzz::require(model.weights.size() == nn::ParameterLayout(model.architecture).size(), "each weight is there");
    fuzz::require(std::ranges::all_of(model.weights.span(), [](float weight) { return std::isfinite(weight); }),
                  "the weights are finite");
    require_same_after_writing(model);
    return 0;
}
