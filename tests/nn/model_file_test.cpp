#include "dropsweep/nn/model_file.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "dropsweep/core/error.hpp"
#include "dropsweep/core/files.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::nn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

const Architecture kArchitecture{3, {2}, 2};
constexpr std::size_t kWeights = 3 * 2 + 2 + 2 * 2 + 2;

std::vector<float> some_weights() {
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

class ModelFile : public testing::Test {
  protected:
    void SetUp() override {
        write_model(path_, kArchitecture, weights_, {{"dropout", "0.3"}});
        good_ = core::read_file(path_);
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
        core::write_file_atomically(path_, bytes);
        try {
            read_model(path_);
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::bad_data) << error.what();
            EXPECT_THAT(error.what(),
                        AllOf(HasSubstr(path_.string()), HasSubstr(reason), HasSubstr("; "), Not(HasSubstr("\n"))));
        }
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

TEST_F(ModelFile, IsReadBackExactly) {
    const Model model = read_model(path_);
    EXPECT_EQ(model.architecture, kArchitecture);
    expect_weights(model);
    EXPECT_EQ(model.metadata.at("dropout"), "0.3");
    EXPECT_EQ(model.metadata.at("classes"), "2");
    EXPECT_EQ(model.metadata.at("input_scale"), "1/255");
}

TEST_F(ModelFile, AnyNumberOfLayersIsReadBack) {
    for (const Architecture& architecture :
         {Architecture{4, {}, 3}, Architecture{1, {1}, 2}, Architecture{5, {4, 3, 2, 6}, 256}}) {
        const std::vector<float> weights(ParameterLayout(architecture).size(), 0.5f);
        write_model(path_, architecture, weights, {});
        EXPECT_EQ(read_model(path_).architecture, architecture);
    }
}

TEST_F(ModelFile, SameModelGivesTheSameBytes) {
    const std::vector<float> same_weights_elsewhere = weights_;
    write_model(directory_ / "other", kArchitecture, same_weights_elsewhere, {{"dropout", "0.3"}});
    EXPECT_EQ(core::read_file(directory_ / "other"), good_);
}

// The layout as other readers of safetensors expect it.
TEST_F(ModelFile, IsSafetensors) {
    const Parts file = parts();
    EXPECT_EQ(file.header.size() % 8, 0u);
    EXPECT_EQ(file.header.front(), '{');
    EXPECT_EQ(file.tensors, std::string(reinterpret_cast<const char*>(weights_.data()), kWeights * sizeof(float)));
    const Json header = Json::parse(file.header);
    EXPECT_EQ(header.size(), 5u);
    EXPECT_TRUE(header["__metadata__"].is_object());
    EXPECT_EQ(header["dense/kernel"], Json::parse(R"({"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]})"));
    EXPECT_EQ(header["dense/bias"], Json::parse(R"({"dtype": "F32", "shape": [2], "data_offsets": [24, 32]})"));
    EXPECT_EQ(header["dense_1/kernel"], Json::parse(R"({"dtype": "F32", "shape": [2, 2], "data_offsets": [32, 48]})"));
    EXPECT_EQ(header["dense_1/bias"], Json::parse(R"({"dtype": "F32", "shape": [2], "data_offsets": [48, 56]})"));
}

TEST_F(ModelFile, MetadataOfOthersMayBeMissingOrMore) {
    core::write_file_atomically(path_, with_header([](Json& header) { header.erase("__metadata__"); }).bytes());
    expect_weights(read_model(path_));
    core::write_file_atomically(path_, with_header([](Json& header) { header["__metadata__"]["a"] = "b"; }).bytes());
    EXPECT_EQ(read_model(path_).metadata.at("a"), "b");
}

TEST_F(ModelFile, CutAnywhereIsAnError) {
    for (std::size_t size = 0; size < good_.size(); ++size) {
        SCOPED_TRACE(testing::Message() << size << " of " << good_.size() << " bytes");
        expect_bad(good_.substr(0, size));
    }
}

TEST_F(ModelFile, OneByteMoreIsAnError) {
    expect_bad(good_ + '\0', "57 bytes of weights instead of 56");
}

// Only the metadata may change without an error: whoever gets a model gets these weights in this shape.
TEST_F(ModelFile, OneChangedByteOfTheHeaderIsAnErrorOrHarmless) {
    const std::size_t header_end = 8 + parts().header.size();
    for (std::size_t at = 0; at < header_end; ++at) {
        std::vector<char> replacements = {'"', '}', '0'};
        for (int bit = 0; bit < 8; ++bit) replacements.push_back(static_cast<char>(good_[at] ^ (1 << bit)));
        for (const char replacement : replacements) {
            std::string changed = good_;
            changed[at] = replacement;
            core::write_file_atomically(path_, changed);
            SCOPED_TRACE(fmt::format("byte {} becomes {:#04x}", at, static_cast<unsigned char>(replacement)));
            try {
                const Model model = read_model(path_);
                ASSERT_EQ(model.architecture, kArchitecture);
                expect_weights(model);
            } catch (const Error& error) {
                ASSERT_EQ(error.code(), ExitCode::bad_data) << error.what();
            }
        }
    }
}

TEST_F(ModelFile, HeaderLengthBeyondTheFile) {
    for (const std::uint64_t length :
         {good_.size() - 7, std::size_t{1} << 40, std::size_t{1} << 63, std::numeric_limits<std::size_t>::max()}) {
        Parts changed = parts();
        changed.length = length;
        expect_bad(changed, "its header is longer than the file");
    }
}

TEST_F(ModelFile, HeaderThatIsNoObject) {
    for (const char* header : {"", "[]", "null", "42", "{", "{}}", "\xff\xfe", "not JSON", "{\"dense/kernel\":"}) {
        expect_bad(Parts{header, parts().tensors}, "its header is not a JSON object");
    }
    expect_bad(Parts{"{}", parts().tensors}, "no tensor dense/kernel");
}

TEST_F(ModelFile, TensorsThatAreNotWhatTheyShouldBe) {
    for (const char* value :
         {"null", "[]", "{}", "1", R"({"shape": 3})", R"({"shape": [3]})", R"({"shape": [3, 2, 1]})",
          R"({"shape": [3, -2]})", R"({"shape": [3.0, 2.0]})", R"({"shape": ["3", "2"]})"}) {
        expect_bad(with_header([&](Json& header) { header["dense/kernel"] = Json::parse(value); }), "is not a matrix");
    }
    for (const char* value : {"null", "[]", "1", "\"text\""}) {
        expect_bad(with_header([&](Json& header) { header["dense/bias"] = Json::parse(value); }), "dense/bias");
    }
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
        expect_bad(with_header([&](Json& header) { header["dense_1/bias"].erase(field); }), field);
        expect_bad(with_header([&](Json& header) { header["dense_1/bias"][field] = nullptr; }), field);
    }
}

TEST_F(ModelFile, UnknownType) {
    for (const char* type : {"F64", "F16", "BF16", "I32", "f32", ""}) {
        expect_bad(with_header([&](Json& header) { header["dense/kernel"]["dtype"] = type; }), "dtype");
    }
}

TEST_F(ModelFile, OffsetsThatOverlapOrLeaveTheFile) {
    const auto offsets = [&](const char* tensor, const char* value) {
        return with_header([&](Json& header) { header[tensor]["data_offsets"] = Json::parse(value); });
    };
    for (const char* value : {"[0, 8]", "[24, 24]", "[32, 24]", "[24, 28]", "[24, 32, 40]", "[24]", "[-24, 32]",
                              "[24, 18446744073709551615]", "[1e300, 32]", "[[24], 32]", "\"24\""}) {
        expect_bad(offsets("dense/bias", value), "tensor dense/bias has an unexpected data_offsets");
    }
    expect_bad(offsets("dense/kernel", "[32, 56]"), "dense/kernel");
}

TEST_F(ModelFile, ShapesThatDoNotFit) {
    const auto shape = [&](const char* tensor, const char* value) {
        return with_header([&](Json& header) { header[tensor]["shape"] = Json::parse(value); });
    };
    expect_bad(shape("dense/kernel", "[2, 3]"), "does not fit the layer before it");
    expect_bad(shape("dense_1/kernel", "[4, 1]"), "does not fit the layer before it");
    expect_bad(shape("dense/kernel", "[4, 2]"), "larger than the file");
    expect_bad(shape("dense/kernel", "[2, 2]"), "56 bytes of weights instead of 48");
    expect_bad(shape("dense/bias", "[3]"), "shape");
    expect_bad(shape("dense/bias", "[1, 2]"), "shape");
    expect_bad(shape("dense/kernel", "[0, 2]"), "impossible shape");
    expect_bad(shape("dense_1/kernel", "[2, 0]"), "impossible shape");
}

// Products that overflow 64 bits must neither wrap to a size that fits nor make us ask for the memory.
TEST_F(ModelFile, GiantShapes) {
    for (const char* giant :
         {"2147483648", "2147483647", "4294967296", "4611686018427387904", "18446744073709551615"}) {
        for (const char* pattern : {"[{}, 2]", "[3, {}]", "[{}, {}]"}) {
            Parts changed = with_header([&](Json& header) {
                header["dense/kernel"]["shape"] = Json::parse(fmt::format(fmt::runtime(pattern), giant, giant));
            });
            expect_bad(changed);
        }
    }
    // (2^61 + 7) * 2 floats are 2^64 + 56 bytes: 56 if the product wraps, and all offsets agree.
    expect_bad(Parts{R"({"dense/kernel": {"dtype": "F32", "shape": [2305843009213693958, 2], "data_offsets": [0, 48]},)"
                     R"( "dense/bias": {"dtype": "F32", "shape": [2], "data_offsets": [48, 56]}})",
                     parts().tensors},
               "impossible shape");
}

TEST_F(ModelFile, MissingAndExtraTensors) {
    for (const char* tensor : {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}) {
        expect_bad(with_header([&](Json& header) { header.erase(tensor); }));
    }
    expect_bad(with_header([](Json& header) { header["momentum"] = header["dense/bias"]; }), "other tensors");
    expect_bad(with_header([](Json& header) {
                   header["momentum"] = header["dense/bias"];
                   header.erase("dense/bias");
               }),
               "dense/bias is missing");
}

TEST_F(ModelFile, WeightsThatAreNotFinite) {
    for (const float value : {std::nanf(""), INFINITY, -INFINITY}) {
        for (const std::size_t at : {std::size_t{0}, kWeights - 1}) {
            Parts changed = parts();
            std::memcpy(changed.tensors.data() + at * sizeof(float), &value, sizeof(float));
            expect_bad(changed, "not finite");
        }
    }
}

TEST_F(ModelFile, MissingFileAndDirectory) {
    for (const auto& path : {directory_ / "missing", directory_.path()}) {
        try {
            read_model(path);
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::missing_input);
            EXPECT_THAT(error.what(), HasSubstr(path.string()));
        }
    }
}

TEST_F(ModelFile, CannotBeWritten) {
    try {
        write_model(directory_ / "missing/model", kArchitecture, weights_, {});
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io_error);
    }
}

TEST_F(ModelFile, DeeplyNestedHeaderIsRefused) {
    const std::string nested = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    const std::string header = R"({"dense/kernel":{"dtype":"F32","data_offsets":[0,4],"shape":)" + nested + "}}";
    const std::uint64_t length = header.size();
    const TemporaryDirectory directory;
    const std::filesystem::path path = directory / "nested";
    core::write_file_atomically(path, std::string(reinterpret_cast<const char*>(&length), 8) + header);
    EXPECT_THROW(read_model(path), Error);
}

}  // namespace
}  // namespace dropsweep::nn
