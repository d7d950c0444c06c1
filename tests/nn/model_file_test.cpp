// Model files are read back exactly, and are safetensors.
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/hex.hpp"

#include "../support/error_of.hpp"
#include "model_file_fixture.hpp"

namespace dropsweep::nn {
namespace {

using testing::HasSubstr;

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
    EXPECT_EQ(system::read_file(directory_ / "other"), good_);
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

// Without a digest nothing is said about the weights: other programs, and dropsweep before it had one, write none.
TEST_F(ModelFile, MetadataOfOthersMayBeMissingOrMore) {
    system::write_file_atomically(path_, with_header([](Json& header) { header.erase("__metadata__"); }).bytes());
    expect_weights(read_model(path_));
    system::write_file_atomically(path_, with_header([](Json& header) {
                                             header["__metadata__"].erase("sha256");
                                             header["__metadata__"]["a"] = "b";
                                         }).bytes());
    expect_weights(read_model(path_));
    EXPECT_EQ(read_model(path_).metadata.at("a"), "b");
}

// What another program gets that follows the description:
//   hashlib.sha256(b'{"classes":"2","dropout":"0.3","format":"dropsweep","input_scale":"1/255"}' + tensors)
TEST_F(ModelFile, DigestIsAsDescribed) {
    const std::string hashed =
        R"({"classes":"2","dropout":"0.3","format":"dropsweep","input_scale":"1/255"})" + parts().tensors;
    EXPECT_EQ(read_model(path_).metadata.at("sha256"),
              text::to_hex(system::sha256(std::span<const char>(hashed.data(), hashed.size()))));
}

TEST_F(ModelFile, WrittenAgainByAnotherProgramIsReadBack) {
    Parts other = parts();
    other.header = nlohmann::json::parse(other.header).dump(4);  // sorted keys, lines and indentation
    system::write_file_atomically(path_, other.bytes());
    expect_weights(read_model(path_));
}

TEST_F(ModelFile, WrittenAgainByUsGivesTheSameBytes) {
    const Model model = read_model(path_);
    write_model(directory_ / "again", model.architecture, model.weights.span(), model.metadata);
    EXPECT_EQ(system::read_file(directory_ / "again"), good_);
}

TEST_F(ModelFile, MetadataThatIsNoUtf8CanBeReadBack) {
    write_model(path_, kArchitecture, weights_, {{"path", "\xff/data"}});
    EXPECT_EQ(read_model(path_).metadata.at("path"), "\xef\xbf\xbd/data");
}

TEST_F(ModelFile, MissingFileAndDirectory) {
    for (const auto& path : {directory_ / "missing", directory_.path()}) {
        EXPECT_THAT(error_of(ExitCode::missing_input, [&] { read_model(path); }), HasSubstr(path.string()));
    }
}

TEST_F(ModelFile, CannotBeWritten) {
    EXPECT_NE(
        error_of(ExitCode::io_error, [&] { write_model(directory_ / "missing/model", kArchitecture, weights_, {}); }),
        "");
}

TEST_F(ModelFile, BracketsInsideStringsAreNoNesting) {
    const std::string brackets = "[[[[[[[[[[ \\\" {{{{{{{{{{ \"";
    system::write_file_atomically(path_, with_header([&](Json& header) {
                                             header["__metadata__"] = {{"a", brackets}};
                                         }).bytes());
    EXPECT_EQ(read_model(path_).metadata.at("a"), brackets);
}

}  // namespace
}  // namespace dropsweep::nn
