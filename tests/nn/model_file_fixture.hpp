// A small model file, and what it takes to spoil it.
#pragma once

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dropsweep/nn/model_file.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::nn {

using Json = nlohmann::ordered_json;

inline const Architecture kArchitecture{3, {2}, 2};
constexpr std::size_t kWeights = 3 * 2 + 2 + 2 * 2 + 2;

inline std::vector<float> some_weights() {
    std::vector<float> weights(kWeights);
    for (std::size_t i = 0; i < kWeights; ++i) weights[i] = std::sin(static_cast<float>(i));
    weights[0] = -0.0f;
    weights[1] = std::numeric_limits<float>::denorm_min();
    weights[2] = std::numeric_limits<float>::max();
    return weights;
}

/// A safetensors file: the length of the header in 8 bytes, the header, the tensors.
struct Parts {
    std::string header;
    std::string tensors;
    std::optional<std::uint64_t> length = std::nullopt;  ///< what the first 8 bytes say, if not the truth

    std::string bytes() const {
        const std::uint64_t announced = length.value_or(header.size());
        return std::string(reinterpret_cast<const char*>(&announced), 8) + header + tensors;
    }
};

/// A small model file, and what it takes to spoil it.
class ModelFile : public testing::Test {
  protected:
    void SetUp() override {
        write_model(path_, kArchitecture, weights_, {{"dropout", "0.3"}});
        good_ = system::read_file(path_);
    }

    Parts parts() const {
        std::uint64_t length = 0;
        std::memcpy(&length, good_.data(), 8);
        return {good_.substr(8, length), good_.substr(8 + length)};
    }

    /// The file with its header changed by `change(json)`.
    template <class Change>
    Parts with_header(Change change) const {
        Parts changed = parts();
        Json header = Json::parse(changed.header);
        change(header);
        changed.header = header.dump();
        return changed;
    }

    void expect_bad(const std::string& bytes, const std::string& reason = "") {
        system::write_file_atomically(path_, bytes);
        EXPECT_THAT(
            error_of(ExitCode::bad_data, [&] { read_model(path_); }),
            testing::AllOf(testing::HasSubstr(path_.string()), testing::HasSubstr(reason), testing::HasSubstr("; ")));
    }
    void expect_bad(const Parts& changed, const std::string& reason = "") { expect_bad(changed.bytes(), reason); }

    /// Compares as bytes: -0 and denormals too.
    void expect_weights(const Model& model) const {
        ASSERT_EQ(model.weights.size(), weights_.size());
        EXPECT_EQ(std::memcmp(model.weights.data(), weights_.data(), kWeights * sizeof(float)), 0);
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_ / "model.safetensors";
    std::vector<float> weights_ = some_weights();
    std::string good_;
};

}  // namespace dropsweep::nn
