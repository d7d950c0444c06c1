// Model files that are cut, altered or made up: each is refused, quickly and in a short line.
#include <ctime>
#include <fstream>

#include <fmt/format.h>

#include "model_file_fixture.hpp"

namespace dropsweep::nn {
namespace {

using testing::HasSubstr;
using ModelFileFaults = ModelFile;

TEST_F(ModelFileFaults, CutAnywhereIsAnError) {
    for (std::size_t size = 0; size < good_.size(); ++size) {
        SCOPED_TRACE(testing::Message() << size << " of " << good_.size() << " bytes");
        expect_bad(good_.substr(0, size));
    }
}

TEST_F(ModelFileFaults, OneByteMoreIsAnError) {
    expect_bad(good_ + '\0', "57 bytes of weights instead of 56");
}

/// The file again and again with one byte changed, in place: a new file for each change would take most of the time.
class ChangedByte {
  public:
    explicit ChangedByte(const std::filesystem::path& path)
        : file_(path, std::ios::in | std::ios::out | std::ios::binary) {}
    void put(std::size_t at, char byte) {
        file_.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
        ASSERT_TRUE(file_.good());
    }

  private:
    std::fstream file_;
};

// The sanitizers take minutes for all of them.
#ifdef __SANITIZE_ADDRESS__
constexpr int kDifferenceStep = 17;
#else
constexpr int kDifferenceStep = 1;
#endif

// Whoever gets a model gets these weights in this shape with these data about it. What remains without an error is
// white space of another kind, and a digest under another name.
TEST_F(ModelFileFaults, OneChangedByteAnywhereIsAnErrorOrHarmless) {
    const Model original = read_model(path_);
    ChangedByte file(path_);
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < good_.size(); ++at) {
        for (int difference = 1; difference < 256; difference += kDifferenceStep) {
            const auto replacement = static_cast<char>(good_[at] ^ difference);
            file.put(at, replacement);
            try {
                const Model model = read_model(path_);
                ++accepted;
                SCOPED_TRACE(fmt::format("byte {} became {:#04x}", at, static_cast<unsigned char>(replacement)));
                ASSERT_EQ(model.architecture, kArchitecture);
                expect_weights(model);
                for (const auto& [key, value] : original.metadata) {
                    const auto found = model.metadata.find(key);
                    ASSERT_TRUE(found == model.metadata.end() ? key == "sha256" : found->second == value) << key;
                }
            } catch (const Error& error) {
                ASSERT_EQ(error.code(), ExitCode::bad_data) << error.what();
            }
        }
        file.put(at, good_[at]);
    }
    EXPECT_EQ(system::read_file(path_), good_);
    EXPECT_LT(accepted, good_.size() * 255 / kDifferenceStep / 50);
}

TEST_F(ModelFileFaults, AlteredWeightsOrMetadata) {
    Parts changed = parts();
    changed.tensors[5] = static_cast<char>(changed.tensors[5] ^ 1);
    expect_bad(changed, "altered after it was written");
    expect_bad(with_header([](Json& header) { header["__metadata__"]["dropout"] = "0.4"; }), "altered");
    expect_bad(with_header([](Json& header) { header["__metadata__"]["more"] = ""; }), "altered");
    expect_bad(with_header([](Json& header) { header["__metadata__"].erase("dropout"); }), "altered");
    for (const char* digest : {"", "none", "0000000000000000000000000000000000000000000000000000000000000000"}) {
        expect_bad(with_header([&](Json& header) { header["__metadata__"]["sha256"] = digest; }), "altered");
    }
}

/// Of another program: ours could not be altered unseen.
TEST_F(ModelFileFaults, NamesThatAreNotThoseOfTheClasses) {
    const auto named = [this](const std::string& names) {
        return with_header([&](Json& header) {
            header["__metadata__"].erase("sha256");
            header["__metadata__"]["class_names"] = names;
        });
    };
    const std::string right = to_metadata(std::vector<std::string>{"\u00e4", "\"b\", c"});
    system::write_file_atomically(path_, named(right).bytes());
    EXPECT_THAT(read_model(path_).class_names, testing::ElementsAre("\u00e4", "\"b\", c"));
    for (const std::string names : {"", "cat, dog", "{}", "[]", R"(["a"])", R"(["a", "b", "c"])", R"(["a", "a"])",
                                    R"(["a", 1])", R"([["a"], "b"])", R"(["a", "b"]])"}) {
        expect_bad(named(names), "class_names are not 2 different names");
    }
    expect_bad(named(std::string(100'000, '[')), "class_names are not");
}

TEST_F(ModelFileFaults, NumbersThatAreNotThoseOfTheInputs) {
    const auto with = [this](const std::string& means, const std::string& deviations) {
        return with_header([&](Json& header) {
            header["__metadata__"].erase("sha256");
            header["__metadata__"]["feature_means"] = means;
            if (!deviations.empty()) header["__metadata__"]["feature_deviations"] = deviations;
        });
    };
    const std::vector<float> means = {-0.1f, 1e-30f, 3};
    system::write_file_atomically(path_, with(to_metadata(means), "[1,0,2.5]").bytes());
    EXPECT_EQ(read_model(path_).feature_means, means);
    EXPECT_THAT(read_model(path_).feature_deviations, testing::ElementsAre(1, 0, 2.5f));
    for (const char* numbers : {"", "[1,2]", "[1,2,3,4]", "[1,2,null]", "[1,2,1e400]", "[1,2,\"3\"]", "1"}) {
        expect_bad(with(numbers, "[1,0,2.5]"), "feature_means are not 3 numbers");
    }
    expect_bad(with("[1,2,3]", "[1,2,-1]"), "feature_deviations are not 3 numbers");
    expect_bad(with("[1,2,3]", ""), "alone");
}

TEST_F(ModelFileFaults, HeaderLengthBeyondTheFile) {
    for (const std::uint64_t length :
         {good_.size() - 7, std::size_t{1} << 40, std::size_t{1} << 63, std::numeric_limits<std::size_t>::max()}) {
        Parts changed = parts();
        changed.length = length;
        expect_bad(changed, fmt::format("cut short: it has {} bytes, its header alone {}", good_.size(), length));
    }
}

TEST_F(ModelFileFaults, HeaderThatIsNoObject) {
    for (const char* header : {"", "[]", "null", "42", "{", "{}}", "\xff\xfe", "not JSON", "{\"dense/kernel\":"}) {
        expect_bad(Parts{header, parts().tensors}, "its header is not a JSON object");
    }
    expect_bad(Parts{"{}", parts().tensors}, "no tensor dense/kernel");
}

TEST_F(ModelFileFaults, TensorsThatAreNotWhatTheyShouldBe) {
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

TEST_F(ModelFileFaults, UnknownType) {
    for (const char* type : {"F64", "F16", "BF16", "I32", "f32", ""}) {
        expect_bad(with_header([&](Json& header) { header["dense/kernel"]["dtype"] = type; }),
                   fmt::format("tensor dense/kernel has dtype \"{}\" instead of \"F32\"", type));
    }
}

TEST_F(ModelFileFaults, OffsetsThatOverlapOrLeaveTheFile) {
    const auto offsets = [&](const char* tensor, const char* value) {
        return with_header([&](Json& header) { header[tensor]["data_offsets"] = Json::parse(value); });
    };
    for (const char* value : {"[0, 8]", "[24, 24]", "[32, 24]", "[24, 28]", "[24, 32, 40]", "[24]", "[-24, 32]",
                              "[24, 18446744073709551615]", "[1e300, 32]", "[[24], 32]", "\"24\""}) {
        expect_bad(offsets("dense/bias", value),
                   fmt::format("tensor dense/bias has data_offsets {} instead of [24,32]", Json::parse(value).dump()));
    }
    expect_bad(offsets("dense/kernel", "[32, 56]"), "tensor dense/kernel has data_offsets [32,56] instead of [0,24]");
}

TEST_F(ModelFileFaults, ShapesThatDoNotFit) {
    const auto shape = [&](const char* tensor, const char* value) {
        return with_header([&](Json& header) { header[tensor]["shape"] = Json::parse(value); });
    };
    expect_bad(shape("dense/kernel", "[2, 3]"), "tensor dense_1/kernel has the shape [2,2] after a layer of 3 outputs");
    expect_bad(shape("dense_1/kernel", "[4, 1]"),
               "tensor dense_1/kernel has the shape [4,1] after a layer of 2 outputs");
    expect_bad(shape("dense/kernel", "[4, 2]"), "larger than the file");
    expect_bad(shape("dense/kernel", "[2, 2]"), "56 bytes of weights instead of 48");
    expect_bad(shape("dense/bias", "[3]"), "tensor dense/bias has shape [3] instead of [2]");
    expect_bad(shape("dense/bias", "[1, 2]"), "tensor dense/bias has shape [1,2] instead of [2]");
    expect_bad(shape("dense/kernel", "[0, 2]"), "impossible shape [0,2]");
    expect_bad(shape("dense_1/kernel", "[2, 0]"), "impossible shape");
}

// Products that overflow 64 bits must neither wrap to a size that fits nor make us ask for the memory.
TEST_F(ModelFileFaults, GiantShapes) {
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

TEST_F(ModelFileFaults, MissingAndExtraTensors) {
    for (const char* tensor : {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}) {
        expect_bad(with_header([&](Json& header) { header.erase(tensor); }));
    }
    expect_bad(with_header([](Json& header) { header["momentum"] = header["dense/bias"]; }),
               "tensor \"momentum\" is not of a dense network");
    expect_bad(with_header([](Json& header) {
                   header["momentum"] = header["dense/bias"];
                   header.erase("dense/bias");
               }),
               "dense/bias is missing");
}

TEST_F(ModelFileFaults, WeightsThatAreNotFinite) {
    for (const float value : {std::nanf(""), INFINITY, -INFINITY}) {
        for (const std::size_t at : {std::size_t{0}, kWeights - 1}) {
            Parts changed = parts();
            std::memcpy(changed.tensors.data() + at * sizeof(float), &value, sizeof(float));
            expect_bad(changed, at == 0 ? "1 of the 6 weights in tensor dense/kernel are not finite"
                                        : "1 of the 2 weights in tensor dense_1/bias are not finite");
        }
    }
}

TEST_F(ModelFileFaults, FilesOfOtherKinds) {
    for (const char* content : {"", "PK", "PK\x03\x04 an archive", "<!DOCTYPE html>", "some text, longer than that"}) {
        expect_bad(std::string(content), "not a safetensors file");
    }
    expect_bad(std::string(1000, '\0'), "not a safetensors file");
    expect_bad(std::string(1000, '\xff'), "not a safetensors file");
}

// Copies and prints of such a value would use up the stack.
TEST_F(ModelFileFaults, DeeplyNestedHeader) {
    const std::string nested = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    for (const char* pattern : {R"({{"dense/kernel":{{"dtype":"F32","data_offsets":[0,4],"shape":{}}}}})",
                                R"({{"__metadata__":{}}})", "{}"}) {
        expect_bad(Parts{fmt::format(fmt::runtime(pattern), nested), parts().tensors}, "nested too deeply");
    }
}

// CPU time in the square of their number would be minutes.
TEST_F(ModelFileFaults, ManyTensorsAreRefusedQuickly) {
    std::string other_names;
    std::string layers = R"("dense/kernel":{"shape":[1,1]})";
    for (int i = 1; i < 200'000; ++i) {
        other_names += fmt::format(R"({}"k{}":0)", i == 1 ? "" : ",", i);
        layers += fmt::format(R"(,"dense_{}/kernel":{{"shape":[1,1]}})", i);
    }
    const std::clock_t start = std::clock();
    expect_bad(Parts{"{" + other_names + "}", parts().tensors}, "no tensor dense/kernel");
    expect_bad(Parts{"{" + layers + "}", parts().tensors}, "larger than the file");
    EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 20);
}

TEST_F(ModelFileFaults, GiantHeaderIsRefusedUnread) {
    expect_bad(Parts{"{\"a\":[" + std::string(10'000'000, ' ') + "]}", parts().tensors}, "too many for a model");
}

TEST_F(ModelFileFaults, LongValuesAreCutInMessages) {
    system::write_file_atomically(path_, with_header([](Json& header) {
                                             header["dense/kernel"]["dtype"] = std::string(1'000'000, 'F');
                                             header[std::string(1'000'000, 'x')] = 1;
                                         }).bytes());
    const std::string message = error_of(ExitCode::bad_data, [&] { read_model(path_); });
    EXPECT_THAT(message, HasSubstr("FFF... instead of \"F32\""));
    EXPECT_LT(message.size(), 300u);
}

}  // namespace
}  // namespace dropsweep::nn
