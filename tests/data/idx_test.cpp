// IDX files, plain and compressed, and every way in which one can be wrong.
#include "dropsweep/data/idx.hpp"

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/gzip.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_support::gzip;
namespace fs = std::filesystem;

constexpr const char* kTrainImages = "train-images-idx3-ubyte";
constexpr const char* kTrainLabels = "train-labels-idx1-ubyte";
constexpr const char* kPacked = "train-images-idx3-ubyte.gz";
constexpr const char* kTestImages = "t10k-images-idx3-ubyte";
constexpr const char* kTestLabels = "t10k-labels-idx1-ubyte";

std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
    return bytes;
}

/// An IDX file: two zero bytes, the type (8: unsigned byte), the number of dimensions, the extents, the content.
std::string idx(const std::vector<std::uint32_t>& extents, const std::string& content) {
    std::string bytes = {0, 0, 8, static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents) bytes += big_endian(extent);
    return bytes + content;
}

/// Bytes 0, 1, 2 ... 255, 0 ...
std::string counting(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i);
    return bytes;
}

const std::string kPage = "\n<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>\n";

/// Four training and two test images of 5 x 3 pixels in a directory of their own.
class IdxDirectory : public testing::Test {
  protected:
    static constexpr std::size_t kPixels = 15;

    void put(const std::string& name, const std::string& bytes) {
        system::write_file_atomically(directory_ / name, bytes);
    }
    void remove(const std::string& name) { fs::remove(directory_ / name); }
    /// In place of the training images, as a compressed file.
    void put_packed(const std::string& bytes) {
        remove(kTrainImages);
        put(kPacked, bytes);
    }

    void SetUp() override {
        put(kTrainImages, idx({4, 5, 3}, counting(4 * kPixels)));
        put(kTrainLabels, idx({4}, std::string("\x02\x00\xff\x01", 4)));
        put(kTestImages, idx({2, 5, 3}, std::string(2 * kPixels, '\x11')));
        put(kTestLabels, idx({2}, std::string("\x01\x02", 2)));
    }

    void expect_whole() {
        const Dataset dataset = read_idx_directory(directory_.path());
        EXPECT_EQ(dataset.train.count, 4u);
        EXPECT_EQ(dataset.train.rows, 5u);
        EXPECT_EQ(dataset.train.columns, 3u);
        EXPECT_EQ(std::string(dataset.train.pixels.begin(), dataset.train.pixels.end()), counting(4 * kPixels));
        EXPECT_THAT(dataset.train.labels, ElementsAre(2, 0, 255, 1));
        EXPECT_EQ(dataset.test.count, 2u);
        EXPECT_EQ(dataset.test.pixels, std::vector<std::uint8_t>(2 * kPixels, 0x11));
        EXPECT_THAT(dataset.test.labels, ElementsAre(1, 2));
    }

    /// One line with the file or directory, the reason and a remedy.
    void expect_error(ExitCode code, const std::string& name, const std::string& reason) {
        EXPECT_THAT(error_of(code, [&] { read_idx_directory(directory_.path()); }),
                    AllOf(HasSubstr(directory_.path().string()), HasSubstr(name), HasSubstr(reason), HasSubstr("; ")));
    }

    TemporaryDirectory directory_;
};

TEST_F(IdxDirectory, IsReadPlain) {
    expect_whole();
}

TEST_F(IdxDirectory, IsReadCompressedAndInBothSpellings) {
    for (const std::string name : {kTrainImages, kTrainLabels, kTestImages, kTestLabels}) {
        const std::string content = system::read_file(directory_ / name);
        std::string dotted = name;
        dotted[name.find("-idx")] = '.';
        remove(name);
        put(name + ".gz", gzip(content));
        expect_whole();
        remove(name + ".gz");
        put(dotted, content);
        expect_whole();
        remove(dotted);
        put(dotted + ".gz", gzip(content));
        expect_whole();
    }
}

TEST_F(IdxDirectory, PlainFileIsPreferred) {
    put(std::string(kTrainImages) + ".gz", "never looked at");
    expect_whole();
}

// The standard allows several gzip members, one after the other.
TEST_F(IdxDirectory, CompressedFileMayHaveSeveralMembers) {
    const std::string content = system::read_file(directory_ / kTrainImages);
    put_packed(gzip(content.substr(0, 30)) + gzip(content.substr(30)));
    expect_whole();
}

TEST_F(IdxDirectory, ImagesCanBeReadAlone) {
    const LabelledSamples images = read_idx_images(directory_ / kTestImages);
    EXPECT_EQ(images.count, 2u);
    EXPECT_EQ(images.features(), kPixels);
    EXPECT_EQ(images.pixels.size(), 2 * kPixels);
    EXPECT_TRUE(images.labels.empty());
}

TEST_F(IdxDirectory, MoreThanTheMemoryIsRefused) {
    const std::string content = system::read_file(directory_ / kTrainImages);
    put(std::string(kTestImages) + ".gz", gzip(content));
    for (const std::string name : {kTrainImages, "t10k-images-idx3-ubyte.gz"}) {
        EXPECT_EQ(read_idx_images(directory_ / name, 120).count, 4u);
        EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_idx_images(directory_ / name, 119); }),
                    AllOf(HasSubstr(name), HasSubstr("need 1.12e-07 GB of memory, and 1.11e-07 GB")));
    }
    // What is not there needs none.
    put(kTrainImages, idx({4000, 500, 300}, counting(4 * kPixels)));
    EXPECT_THAT(error_of(ExitCode::bad_data, [&] { read_idx_images(directory_ / kTrainImages, 1u << 22); }),
                HasSubstr("too short"));
}

TEST_F(IdxDirectory, AllLabelsFrom0To255) {
    put(kTrainImages, idx({256, 1, 1}, counting(256)));
    put(kTrainLabels, idx({256}, counting(256)));
    const Dataset dataset = read_idx_directory(directory_.path());
    for (std::size_t i = 0; i < 256; ++i) ASSERT_EQ(dataset.train.labels[i], i);
}

struct Fault {
    const char* name;  ///< of the test
    const char* file;
    std::string content;
    ExitCode code;
    const char* reason;
};

class IdxFault : public IdxDirectory, public testing::WithParamInterface<Fault> {};

TEST_P(IdxFault, InAPlainFile) {
    put(GetParam().file, GetParam().content);
    expect_error(GetParam().code, GetParam().file, GetParam().reason);
}

TEST_P(IdxFault, InACompressedFile) {
    remove(GetParam().file);
    const std::string name = std::string(GetParam().file) + ".gz";
    put(name, gzip(GetParam().content));
    expect_error(GetParam().code, name, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Idx, IdxFault,
    testing::Values(
        Fault{"WrongType", kTrainImages, std::string("\0\0\x0d\x03", 4) + idx({4, 5, 3}, counting(60)).substr(4),
              ExitCode::bad_data, "magic number 0x00000d03 instead of 0x00000803"},
        Fault{"LabelsUnderTheNameOfImages", kTrainImages, idx({4}, std::string(40, '\1')), ExitCode::bad_data,
              "magic number 0x00000801 instead of 0x00000803"},
        Fault{"ImagesUnderTheNameOfLabels", kTestLabels, idx({2, 5, 3}, counting(30)), ExitCode::bad_data,
              "magic number 0x00000803 instead of 0x00000801"},
        Fault{"WrongMagicNumber", kTestImages, "PK\3\4" + counting(60), ExitCode::bad_data, "magic number 0x504b0304"},
        Fault{"ImagesOneByteShort", kTrainImages, idx({4, 5, 3}, counting(59)), ExitCode::bad_data,
              "too short: 59 bytes of data where the header announces 60"},
        Fault{"ImagesOneByteLong", kTrainImages, idx({4, 5, 3}, counting(61)), ExitCode::bad_data,
              "too long: data after the 60 announced bytes"},
        Fault{"LabelsOneByteShort", kTestLabels, idx({2}, "\1"), ExitCode::bad_data, "too short: 1 bytes"},
        Fault{"LabelsOneByteLong", kTestLabels, idx({2}, "\1\1\1"), ExitCode::bad_data, "too long"},
        Fault{"HeaderWithoutData", kTrainImages, idx({4, 5, 3}, ""), ExitCode::bad_data, "too short: 0 bytes"},
        Fault{"Empty", kTestImages, "", ExitCode::bad_data, "empty"},
        Fault{"CutInsideTheMagicNumber", kTestImages, idx({2, 5, 3}, "").substr(0, 3), ExitCode::bad_data, "too short"},
        Fault{"CutInsideTheHeader", kTestImages, idx({2, 5, 3}, "").substr(0, 15), ExitCode::bad_data,
              "ends inside its header"},
        Fault{"LabelsCutInsideTheHeader", kTestLabels, idx({2}, "").substr(0, 4), ExitCode::bad_data,
              "ends inside its header"},
        Fault{"WebPage", kTrainImages, kPage, ExitCode::bad_data, "web page"},
        Fault{"NoImages", kTrainImages, idx({0, 5, 3}, ""), ExitCode::bad_data, "a dimension is 0"},
        Fault{"NoRows", kTrainImages, idx({4, 0, 3}, ""), ExitCode::bad_data, "a dimension is 0"},
        Fault{"NoColumns", kTrainImages, idx({4, 5, 0}, ""), ExitCode::bad_data, "a dimension is 0"},
        Fault{"NoLabels", kTestLabels, idx({0}, ""), ExitCode::bad_data, "a dimension is 0"},
        Fault{"GiantCount", kTrainImages, idx({0xffffffff, 5, 3}, counting(60)), ExitCode::bad_data, "too short"},
        Fault{"ProductOverflows", kTrainImages, idx({0x80000000, 0x80000000, 4}, counting(60)), ExitCode::bad_data,
              "more data than any file holds"},
        Fault{"GiantInEveryDirection", kTrainImages, idx({0xffffffff, 0xffffffff, 0xffffffff}, counting(60)),
              ExitCode::bad_data, "more data than any file holds"},
        Fault{"FewerLabelsThanImages", kTrainLabels, idx({3}, "\1\1\1"), ExitCode::bad_data,
              "3 labels for the 4 images"},
        Fault{"MoreLabelsThanImages", kTestLabels, idx({3}, "\1\1\1"), ExitCode::bad_data,
              "3 labels for the 2 images"}),
    [](const testing::TestParamInfo<Fault>& fault) { return fault.param.name; });

TEST_F(IdxDirectory, WhatIsNotCompressedUnderTheNameOfACompressedFile) {
    const std::string plain = system::read_file(directory_ / kTrainImages);
    put_packed(kPage);
    expect_error(ExitCode::bad_data, kPacked, "web page");
    put_packed(plain);
    expect_error(ExitCode::bad_data, kPacked, "not gzip data");
}

// Ten bytes of header, then the deflated data, the checksum and the length: none may change unnoticed.
TEST_F(IdxDirectory, EachDamagedByteOfCompressedDataIsNoticed) {
    const std::string good = gzip(system::read_file(directory_ / kTrainImages));
    for (std::size_t i = 10; i < good.size(); ++i) {
        SCOPED_TRACE(testing::Message() << "byte " << i << " of " << good.size());
        std::string damaged = good;
        damaged[i] = static_cast<char>(~damaged[i]);
        put_packed(damaged);
        const bool is_checksum = i + 8 == good.size();
        expect_error(ExitCode::bad_data, kPacked, is_checksum ? "damaged gzip data (checksum or code)" : "");
    }
}

TEST_F(IdxDirectory, CompressedDataCutAnywhereIsNoticed) {
    const std::string good = gzip(system::read_file(directory_ / kTrainImages));
    for (std::size_t size = 0; size < good.size(); ++size) {
        SCOPED_TRACE(testing::Message() << size << " of " << good.size() << " bytes");
        put_packed(good.substr(0, size));
        const char* reason = size == 0   ? "empty"
                             : size == 1 ? "not gzip data"
                                         : "damaged gzip data (it ends too early)";
        expect_error(ExitCode::bad_data, kPacked, reason);
    }
}

TEST_F(IdxDirectory, EachFileIsNeeded) {
    for (const char* name : {kTrainImages, kTrainLabels, kTestImages, kTestLabels}) {
        const std::string content = system::read_file(directory_ / name);
        remove(name);
        expect_error(ExitCode::missing_input, name, "neither");
        put(name, content);
    }
}

TEST_F(IdxDirectory, MissingDirectory) {
    const fs::path path = directory_ / "missing";
    for (const fs::path& not_a_directory : {path, directory_ / kTrainImages}) {
        EXPECT_THAT(error_of(ExitCode::missing_input, [&] { read_idx_directory(not_a_directory); }),
                    AllOf(HasSubstr(not_a_directory.string()), HasSubstr("neither a directory nor an .npz file"),
                          HasSubstr("a table FILE.csv (or .tsv, .gz) with --data")));
    }
}

TEST_F(IdxDirectory, DirectoryUnderTheNameOfAFile) {
    remove(kTestImages);
    fs::create_directory(directory_ / kTestImages);
    expect_error(ExitCode::missing_input, kTestImages, "Is a directory");
}

TEST_F(IdxDirectory, UnreadableFile) {
    directory_.open_to_all();
    fs::permissions(directory_ / kTestImages, fs::perms::none);
    const WithoutRootRights ordinary_user;
    if (!ordinary_user.works()) GTEST_SKIP() << "root cannot become an ordinary user here";
    expect_error(ExitCode::missing_input, kTestImages, "Permission denied");
}

}  // namespace
}  // namespace dropsweep::data
