// Models as ONNX and .npz, read back by the libraries of these formats.
#include "dropsweep/nn/model_export.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <zip.h>

#include "dropsweep/system/files.hpp"

#include "../support/environment_variable.hpp"
#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::nn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

/// Weights with -0, denormals and the largest number: only copies of the bytes keep them all.
Model model_of(const Architecture& architecture) {
    const std::size_t size = ParameterLayout(architecture).size();
    Model model{
        architecture, linalg::FloatBuffer(size), {{"input_scale", "1/255"}, {"classes", "2"}, {"dropout", "0.3"}}};
    for (std::size_t i = 0; i < size; ++i) model.weights.data()[i] = std::sin(static_cast<float>(i));
    const std::array extremes = {-0.0f, std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()};
    std::ranges::copy(extremes, model.weights.data());
    return model;
}

std::string_view bytes_of(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// What both formats promise about files.
class Writer : public testing::TestWithParam<void (*)(const std::filesystem::path&, const Model&)> {
  protected:
    TemporaryDirectory directory_;
    Model model_ = model_of({3, {2}, 2});
};

TEST_P(Writer, SameModelGivesTheSameBytes) {
    GetParam()(directory_ / "one", model_);
    GetParam()(directory_ / "two", model_of({3, {2}, 2}));
    const std::string bytes = system::read_file(directory_ / "one");
    EXPECT_EQ(system::read_file(directory_ / "two"), bytes);
    model_.weights.data()[5] += 1;
    GetParam()(directory_ / "two", model_);
    EXPECT_NE(system::read_file(directory_ / "two"), bytes);
}

TEST_P(Writer, TimeZoneIsIrrelevant) {
    const testing_support::EnvironmentVariable zone("TZ");
    std::vector<std::string> files;
    for (const char* place : {"UTC0", "XXX+11:30", "XXX-14", "XXX0YYY,0/0,365/24"}) {
        zone.set(place);
        ::tzset();
        GetParam()(directory_ / "file", model_);
        files.push_back(system::read_file(directory_ / "file"));
        EXPECT_EQ(files.back(), files.front()) << place;
    }
}

TEST_P(Writer, ReplacesAnOlderFileAndLeavesNothingElse) {
    system::write_file_atomically(directory_ / "file", std::string(100'000, 'x'));
    GetParam()(directory_ / "file", model_);
    GetParam()(directory_ / "new", model_);
    EXPECT_EQ(system::read_file(directory_ / "file"), system::read_file(directory_ / "new"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 2);
}

TEST_P(Writer, CannotBeWritten) {
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { GetParam()(directory_ / "missing/file", model_); }),
                AllOf(HasSubstr((directory_ / "missing/file").string()), HasSubstr("; ")));
}

INSTANTIATE_TEST_SUITE_P(Formats, Writer, testing::Values(write_onnx, write_npz),
                         [](const auto& format) { return std::string(format.index == 0 ? "Onnx" : "Npz"); });

class Onnx : public testing::Test {
  protected:
    onnx::ModelProto written(const Model& model) {
        write_onnx(path_, model);
        onnx::ModelProto message;
        EXPECT_TRUE(message.ParseFromString(system::read_file(path_)));
        onnx::checker::check_model(message);  // throws what it dislikes
        return message;
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_ / "model.onnx";
};

std::vector<std::string> operations(const onnx::GraphProto& graph) {
    std::vector<std::string> found;
    for (const onnx::NodeProto& node : graph.node()) {
        found.push_back(fmt::format("{} {}: {} -> {}", node.name(), node.op_type(), fmt::join(node.input(), " "),
                                    fmt::join(node.output(), " ")));
        EXPECT_EQ(node.attribute_size(), 0);  // Gemm and Softmax as they are by default
    }
    return found;
}

void expect_rows_of(const onnx::ValueInfoProto& value, const std::string& name, std::int64_t width) {
    EXPECT_EQ(value.name(), name);
    const onnx::TypeProto::Tensor& type = value.type().tensor_type();
    EXPECT_EQ(type.elem_type(), onnx::TensorProto::FLOAT);
    ASSERT_EQ(type.shape().dim_size(), 2);
    EXPECT_EQ(type.shape().dim(0).dim_param(), "N");
    EXPECT_EQ(type.shape().dim(1).dim_value(), width);
}

TEST_F(Onnx, GraphIsTheNetwork) {
    const onnx::GraphProto graph = written(model_of({5, {4, 3}, 2})).graph();
    EXPECT_THAT(operations(graph), ElementsAre("dense Gemm: input dense/kernel dense/bias -> dense/product",
                                               "dense/relu Relu: dense/product -> dense/activation",
                                               "dense_1 Gemm: dense/activation dense_1/kernel dense_1/bias -> "
                                               "dense_1/product",
                                               "dense_1/relu Relu: dense_1/product -> dense_1/activation",
                                               "dense_2 Gemm: dense_1/activation dense_2/kernel dense_2/bias -> logits",
                                               "softmax Softmax: logits -> probabilities"));
    ASSERT_EQ(graph.input_size(), 1);
    expect_rows_of(graph.input(0), "input", 5);
    ASSERT_EQ(graph.output_size(), 1);
    expect_rows_of(graph.output(0), "probabilities", 2);
}

TEST_F(Onnx, WithoutHiddenLayers) {
    EXPECT_THAT(
        operations(written(model_of({4, {}, 3})).graph()),
        ElementsAre("dense Gemm: input dense/kernel dense/bias -> logits", "softmax Softmax: logits -> probabilities"));
}

TEST_F(Onnx, InitializersAreTheTensorsOfTheModelFile) {
    const Model model = model_of({5, {4, 3}, 2});
    const onnx::GraphProto graph = written(model).graph();
    const ParameterLayout layout(model.architecture);
    ASSERT_EQ(static_cast<std::size_t>(graph.initializer_size()), layout.tensors().size());
    for (int i = 0; i < graph.initializer_size(); ++i) {
        const onnx::TensorProto& found = graph.initializer(i);
        const ParameterLayout::Tensor& expected = layout.tensors()[static_cast<std::size_t>(i)];
        EXPECT_EQ(found.name(), expected.name);
        EXPECT_EQ(found.data_type(), onnx::TensorProto::FLOAT);
        EXPECT_EQ(std::vector<std::size_t>(found.dims().begin(), found.dims().end()), expected.shape);
        EXPECT_EQ(found.raw_data(), bytes_of(model.weights.span().subspan(expected.offset, expected.size)));
    }
}

TEST_F(Onnx, SaysWhereItComesFrom) {
    const onnx::ModelProto message = written(model_of({3, {2}, 2}));
    EXPECT_EQ(message.ir_version(), 7);
    ASSERT_EQ(message.opset_import_size(), 1);
    EXPECT_EQ(message.opset_import(0).domain(), "");
    EXPECT_EQ(message.opset_import(0).version(), 13);
    EXPECT_EQ(message.producer_name(), "dropsweep");
    EXPECT_THAT(message.producer_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
    std::vector<std::pair<std::string, std::string>> metadata;
    for (const auto& entry : message.metadata_props()) metadata.emplace_back(entry.key(), entry.value());
    EXPECT_THAT(metadata, ElementsAre(Pair("classes", "2"), Pair("dropout", "0.3"), Pair("input_scale", "1/255")));
}

TEST_F(Onnx, BeyondTheLimitOfTheFormat) {
    // The size is refused before a weight is looked at, so the test does without the 2 GiB of them.
    for (const Architecture& architecture : {Architecture{1 << 20, {512}, 2}, Architecture{1 << 30, {1 << 30}, 2}}) {
        EXPECT_THAT(error_of(ExitCode::failure,
                             [&] {
                                 write_onnx(path_, {architecture, linalg::FloatBuffer(), {}});
                             }),
                    AllOf(StartsWith(path_.string()), HasSubstr("2 GiB"), HasSubstr("; ")));
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
}

/// A member of an archive.
struct Member {
    std::string name;
    std::string content;
    zip_stat_t status;
};

class Npz : public testing::Test {
  protected:
    /// In the order of the archive.
    std::vector<Member> written(const Model& model) {
        write_npz(path_, model);
        const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(
            zip_open(path_.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, nullptr), zip_discard);
        if (!archive) throw std::runtime_error("not a consistent zip archive");
        std::vector<Member> members;
        for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
            const auto index = static_cast<zip_uint64_t>(i);
            Member& member = members.emplace_back();
            EXPECT_EQ(zip_stat_index(archive.get(), index, 0, &member.status), 0);
            member.name = member.status.name;
            member.content.resize(member.status.size);
            const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive.get(), index, 0),
                                                                         zip_fclose);
            EXPECT_EQ(zip_fread(file.get(), member.content.data(), member.content.size()),
                      static_cast<zip_int64_t>(member.content.size()));
        }
        return members;
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_ / "model.npz";
};

std::vector<std::string> names(const std::vector<Member>& members) {
    std::vector<std::string> found;
    for (const Member& member : members) found.push_back(member.name);
    return found;
}

// numpy.lib.format, version 1.0: the values begin on a multiple of 64 bytes.
TEST_F(Npz, ArraysInNumpysFormat) {
    const Model model = model_of({3, {2}, 2});
    const std::vector<Member> members = written(model);
    EXPECT_THAT(names(members), ElementsAre("00_dense_kernel.npy", "01_dense_bias.npy", "02_dense_1_kernel.npy",
                                            "03_dense_1_bias.npy"));
    const std::array shapes = {"(3, 2)", "(2,)", "(2, 2)", "(2,)"};
    std::size_t offset = 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        SCOPED_TRACE(members[i].name);
        const std::string& content = members[i].content;
        const std::size_t size = ParameterLayout(model.architecture).tensors()[i].size;
        ASSERT_EQ(content.size(), 128 + size * sizeof(float));
        EXPECT_EQ(content.substr(0, 10), std::string("\x93NUMPY\x01\0\x76\0", 10));  // 118 bytes of header follow
        std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", shapes[i]);
        header.resize(117, ' ');
        EXPECT_EQ(content.substr(10, 118), header + '\n');
        EXPECT_EQ(content.substr(128), bytes_of(model.weights.span().subspan(offset, size)));
        EXPECT_EQ(members[i].status.comp_method, ZIP_CM_STORE);
        offset += size;
    }
}

TEST_F(Npz, SortedNamesAreInTheOrderOfTheArchive) {
    for (const std::size_t hidden : {0u, 11u, 60u}) {  // 60: 122 arrays, three digits
        const std::vector<std::string> found =
            names(written(model_of({2, std::vector<std::size_t>(hidden, std::size_t{1}), 2})));
        ASSERT_EQ(found.size(), 2 * (hidden + 1));
        EXPECT_TRUE(std::ranges::is_sorted(found));
        EXPECT_THAT(found[0], HasSubstr("dense_kernel"));
        EXPECT_THAT(found[1], HasSubstr("dense_bias"));
        const std::string last =
            hidden == 0 ? "01_dense_bias.npy" : fmt::format("{}_dense_{}_bias.npy", 2 * hidden + 1, hidden);
        EXPECT_THAT(found.back(), testing::EndsWith(last));
    }
}

TEST_F(Npz, MemberTimesAreFixed) {
    for (const Member& member : written(model_of({3, {2}, 2}))) {
        std::tm time{};
        ::localtime_r(&member.status.mtime, &time);
        EXPECT_EQ(time.tm_year, 80);
        EXPECT_EQ(time.tm_yday, 0);
        EXPECT_EQ(time.tm_hour, 12);
    }
}

}  // namespace
}  // namespace dropsweep::nn
