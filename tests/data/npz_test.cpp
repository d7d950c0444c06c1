// Data sets in archives of NumPy arrays, and every way in which one can be wrong.
#include "dropsweep/data/npz.hpp"

#include <bit>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string little_endian(std::size_t number, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> 8 * i);
    return text;
}

/// A .npy file as NumPy writes it, but for its padding.
std::string npy_of(const std::string& header, const std::string& values, int version = 1) {
    return "\x93NUMPY" + std::string{static_cast<char>(version), 0} +
           little_endian(header.size(), version == 1 ? 2 : 4) + header + values;
}
std::string npy(const std::string& type, const std::string& shape, const std::string& values,
                const std::string& fortran = "False", int version = 1) {
    return npy_of(fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", type, fortran, shape), values,
                  version);
}

/// Three training samples of four features, two classes; one test sample.
class NpzTest : public testing::Test {
  protected:
    NpzTest() {
        arrays_["x_train"] = npy("|u1", "(3, 2, 2)", bytes_of<std::uint8_t>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
        arrays_["y_train"] = npy("|u1", "(3,)", bytes_of<std::uint8_t>({1, 0, 1}));
        arrays_["x_test"] = npy("|u1", "(1, 2, 2)", bytes_of<std::uint8_t>({9, 8, 7, 6}));
        arrays_["y_test"] = npy("|u1", "(1,)", bytes_of<std::uint8_t>({1}));
    }

    void write(zip_int32_t method = ZIP_CM_STORE) {
        zip_t* archive = zip_open(file_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
        for (const auto& [name, content] : arrays_) {
            zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
            const zip_int64_t index = zip_file_add(archive, (name + ".npy").c_str(), source, 0);
            ASSERT_GE(index, 0);
            zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
        }
        ASSERT_EQ(zip_close(archive), 0);
    }
    Dataset read(zip_int32_t method = ZIP_CM_STORE) {
        write(method);
        return read_npz(file_);
    }
    void expect_refusal(const std::string& what, ExitCode code = ExitCode::bad_data) {
        EXPECT_THAT(error_of(code, [&] { read_npz(file_); }),
                    testing::AllOf(HasSubstr(file_.string()), HasSubstr(what)))
            << "was read, in spite of: " << what;
    }
    void refuses(const std::string& array, const std::string& content, const std::string& what) {
        const std::string before = std::exchange(arrays_[array], content);
        write();
        expect_refusal(what);
        arrays_[array] = before;
    }

    TemporaryDirectory directory_;
    std::filesystem::path file_ = directory_ / "data.npz";
    std::map<std::string, std::string> arrays_;
};

TEST_F(NpzTest, ReadsImages) {
    for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
        const Dataset dataset = read(method);
        EXPECT_EQ(dataset.train.count, 3u);
        EXPECT_EQ(dataset.train.rows, 2u);
        EXPECT_EQ(dataset.train.columns, 2u);
        EXPECT_THAT(dataset.train.pixels, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        EXPECT_THAT(dataset.train.labels, ElementsAre(1, 0, 1));
        EXPECT_THAT(dataset.test.pixels, ElementsAre(9, 8, 7, 6));
        EXPECT_THAT(dataset.test.labels, ElementsAre(1));
        EXPECT_THAT(dataset.class_names, ElementsAre("0", "1"));
    }
}

/// Other shapes than images are features, in C order.
TEST_F(NpzTest, FlattensOtherShapes) {
    for (const char* shape : {"(3, 4)", "(3, 1, 2, 2)", "(3, 4, 1, 1)"}) {
        arrays_["x_train"] = npy("|u1", shape, std::string(12, '\7'));
        arrays_["x_test"] = npy("|u1", "(1, 4)", std::string(4, '\7'));
        const Dataset dataset = read();
        EXPECT_EQ(dataset.train.rows, 1u) << shape;
        EXPECT_EQ(dataset.train.columns, 4u) << shape;
    }
}

TEST_F(NpzTest, ReadsEachType) {
    const std::vector<float> wanted = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const auto as = [&](auto type) { return bytes_of(std::vector<decltype(type)>(wanted.begin(), wanted.end())); };
    const auto reversed = [](std::string bytes, std::size_t size) {
        for (std::size_t i = 0; i < bytes.size(); i += size) std::reverse(bytes.data() + i, bytes.data() + i + size);
        return bytes;
    };
    const std::vector<std::uint16_t> halves = {0,      0x3c00, 0x4000, 0x4200, 0x4400, 0x4500,
                                               0x4600, 0x4700, 0x4800, 0x4880, 0x4900, 0x4980};
    const std::map<std::string, std::string> types = {
        {"|i1", as(std::int8_t{})},        {"<u2", as(std::uint16_t{})},
        {"<i2", as(std::int16_t{})},       {"<u4", as(std::uint32_t{})},
        {"<i4", as(std::int32_t{})},       {">i4", reversed(as(std::int32_t{}), 4)},
        {"<u8", as(std::uint64_t{})},      {"<i8", as(std::int64_t{})},
        {"<f2", bytes_of(halves)},         {"<f4", as(float{})},
        {">f4", reversed(as(float{}), 4)}, {"<f8", as(double{})},
        {">f8", reversed(as(double{}), 8)}};
    arrays_["x_test"] = npy("<f4", "(1, 2, 2)", bytes_of<float>({0.5, -1, 1e-45f, 3e38f}));
    for (const auto& [type, bytes] : types) {
        for (const int version : {1, 2, 3}) {
            arrays_["x_train"] = npy(type, "(3, 2, 2)", bytes, "False", version);
            const Dataset dataset = read();
            EXPECT_EQ(dataset.train.numbers, wanted) << type;
            EXPECT_TRUE(dataset.train.pixels.empty());
            EXPECT_THAT(dataset.test.numbers, ElementsAre(0.5f, -1.0f, 1e-45f, 3e38f));
        }
    }
    arrays_["x_train"] = npy("|b1", "(3, 4)", std::string("\0\1\0\1\1\1\0\0\0\1\0\1", 12));
    EXPECT_THAT(read().train.numbers, ElementsAre(0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1));
}

/// The first extent runs fastest.
TEST_F(NpzTest, ReadsFortranOrder) {
    const std::vector<std::uint8_t> c = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    arrays_["x_train"] = npy("|u1", "(3, 4)", bytes_of<std::uint8_t>({0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}), "True");
    EXPECT_EQ(read().train.pixels, c);
    // [sample, row, column]: 4 * sample + 2 * row + column.
    arrays_["x_train"] =
        npy("|u1", "(3, 2, 2)", bytes_of<std::uint8_t>({0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11}), "True");
    EXPECT_EQ(read().train.pixels, c);
}

TEST_F(NpzTest, LabelsAreThoseThatOccur) {
    arrays_["y_train"] = npy("<i8", "(3, 1)", bytes_of<std::int64_t>({700, -3, 700}));
    arrays_["y_test"] = npy(">i2", "(1,)", std::string("\xff\xfd", 2));
    const Dataset dataset = read();
    EXPECT_THAT(dataset.train.labels, ElementsAre(1, 0, 1));
    EXPECT_THAT(dataset.test.labels, ElementsAre(0));
    EXPECT_THAT(dataset.class_names, ElementsAre("-3", "700"));
}

TEST_F(NpzTest, LabelsMayBeOneHot) {
    arrays_["y_train"] = npy("<f4", "(3, 3)", bytes_of<float>({0, 1, 0, 1, 0, 0, 0, 1, 0}));
    arrays_["y_test"] = npy("|b1", "(1, 3)", std::string("\0\0\1", 3));
    const Dataset dataset = read();
    EXPECT_THAT(dataset.train.labels, ElementsAre(1, 0, 1));
    EXPECT_THAT(dataset.test.labels, ElementsAre(2));
    EXPECT_THAT(dataset.class_names, ElementsAre("0", "1", "2"));
}

TEST_F(NpzTest, SaysWhatIsWrongWithAnArray) {
    refuses("x_train", npy("<f4", "(3, 4)", bytes_of(std::vector<float>(12, 1))), "give both of one kind");
    refuses("x_train", npy("|u1", "(12,)", std::string(12, 'a')), "x_train: uint8 of shape (12,); its shape");
    refuses("x_train", npy("|u1", "(0, 4)", ""), "nothing in it");
    refuses("x_train", npy("|u1", "(3, 5)", std::string(12, 'a')), "12 bytes of values where its header announces 15");
    refuses("x_train", npy("|u1", "(3, 3)", std::string(12, 'a')), "12 bytes of values where its header announces 9");
    refuses("x_train", npy("|O", "(3, 4)", "pickle"), "type '|O'");
    refuses("x_train", npy("<c8", "(3, 4)", "complex"), "type '<c8'");
    refuses("x_train", npy("<f3", "(3, 4)", "three"), "type '<f3'");
    refuses("x_train", npy_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", "x"), "structured");
    refuses("x_train", npy("|u1", "(1152921504606846976, 4)", "bomb"), "more data than any file holds");
    refuses("x_train", npy("|u1", "(99999999999999999999999, 4)", "bomb"), "more data than any file holds");
    refuses("x_train", "no array at all", "x_train: not a .npy file");
    refuses("x_train", "", "x_train: not a .npy file");
    refuses("x_train", npy("|u1", "(3, 4)", "values", "False", 4), "version 4");
    refuses("y_train", npy("|u1", "(2,)", "ab"), "2 labels for 3 samples");
    refuses("y_train", npy("|u1", "()", "a"), "its shape has to be (samples,)");
    refuses("y_train", npy("<f4", "(3,)", bytes_of<float>({0, 1, 2})), "y.astype(int)");
    refuses("y_train", npy("<u8", "(3,)", std::string(24, '\xff')), "18446744073709551615 is too large");
    refuses("y_test", npy("|u1", "(1,)", "\7"), "y_test: label 7 of sample 0 (from 0) is not among those of y_train");
    refuses("y_test", npy("|u1", "(1, 2)", std::string("\0\1", 2)), "give both of one kind");
    arrays_["y_test"] = npy("|u1", "(1, 2)", std::string("\0\1", 2));
    refuses("y_train", npy("|u1", "(3, 2)", std::string("\0\1\1\1\1\0", 6)), "row 1 (from 0) is not a single 1");
    refuses("y_train", npy("|u1", "(3, 2)", std::string("\0\1\1\0\0\2", 6)), "row 2 (from 0) is not a single 1");
}

TEST_F(NpzTest, ValuesHaveToBeFinite) {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -1e300}) {
        std::vector<double> values(12, 1);
        values[6] = bad;
        arrays_["x_test"] = npy("<f4", "(1, 4)", bytes_of<float>({1, 2, 3, 4}));
        refuses("x_train", npy("<f8", "(3, 4)", bytes_of(values)), "x_train: value 2 of sample 1 (from 0) is ");
    }
}

TEST_F(NpzTest, TooManyClasses) {
    std::vector<std::uint16_t> labels(257);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint16_t>(i);
    arrays_["x_train"] = npy("|u1", "(257, 4)", std::string(4 * 257, 'a'));
    arrays_["y_train"] = npy("<u2", "(257,)", bytes_of(labels));
    write();
    expect_refusal("257 classes; there may be 256");
}

TEST_F(NpzTest, MoreThanTheMemoryIsRefusedBeforeItIsRead) {
    write();
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_npz(file_, 47); }),
                HasSubstr("need 4.47e-08 GB of memory, and 4.38e-08 GB are free"));
    EXPECT_EQ(read_npz(file_, 48).train.count, 3u);
}

TEST_F(NpzTest, TestSamplesMayBeMissing) {
    arrays_.erase("x_test");
    arrays_.erase("y_test");
    const Dataset dataset = read();
    EXPECT_EQ(dataset.train.count, 3u);
    EXPECT_EQ(dataset.test.count, 0u);
    EXPECT_TRUE(dataset.test.labels.empty());
}

TEST_F(NpzTest, NoArchive) {
    expect_refusal("No such file", ExitCode::missing_input);
    system::write_file_atomically(file_, "x_train,y_train\n");
    expect_refusal("no archive of arrays");
    system::write_file_atomically(file_, "");
    expect_refusal("no archive of arrays");
    arrays_.erase("x_test");
    write();
    expect_refusal("no array x_test; it holds x_train, y_test, y_train");
}

/// Its header and the directory agree on what is not there.
TEST_F(NpzTest, MoreThanTheArchiveCanHold) {
    arrays_["x_train"] = npy("|u1", "(3, 1000000)", std::string(12, 'x'));
    write(ZIP_CM_DEFLATE);
    std::string bytes = system::read_file(file_);
    std::size_t entry = 0;
    constexpr std::size_t kSize = 24, kName = 46;  // of a central directory header
    do {
        entry = bytes.find("PK\1\2", entry + 1);
        ASSERT_NE(entry, std::string::npos);
    } while (bytes.compare(entry + kName, 11, "x_train.npy") != 0);
    const std::size_t announced = arrays_["x_train"].size() - 12 + 3'000'000;
    bytes.replace(entry + kSize, 4, little_endian(announced, 4));
    std::ofstream(file_) << bytes;
    expect_refusal("bytes of the archive cannot hold uint8 of shape (3, 1000000)");
}

/// Whatever is cut off or turned over is refused in one line, or changes nothing that is read.
TEST_F(NpzTest, EveryTruncationAndFlippedBit) {
    for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
        const Dataset right = read(method);
        const std::string whole = system::read_file(file_);
        const auto try_it = [&](const std::string& bytes) {
            std::ofstream(file_) << bytes;
            try {
                const Dataset dataset = read_npz(file_);
                EXPECT_EQ(content_hash(dataset), content_hash(right));
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ExitCode::bad_data) << error.what();
            }
        };
        for (std::size_t size = 0; size < whole.size(); ++size) try_it(whole.substr(0, size));
        for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
            std::string bytes = whole;
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
            try_it(bytes);
        }
    }
}

}  // namespace
}  // namespace dropsweep::data
