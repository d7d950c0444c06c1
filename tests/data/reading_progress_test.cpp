// Files that take long to read are told of while they are read.
#include "dropsweep/system/reading_progress.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/data/idx.hpp"
#include "dropsweep/data/npz.hpp"
#include "dropsweep/data/table.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::data {
namespace {

using testing::HasSubstr;

class ReadingProgressTest : public testing::Test {
  protected:
    /// @return  the files that are told of, while they are read
    template <class Read>
    std::vector<std::string> told(double seconds, Read&& read) {
        std::vector<std::string> files;
        const system::ReadingProgress progress(
            [&](const std::filesystem::path& file, double share) {
                EXPECT_GT(share, 0);
                EXPECT_LE(share, 1);
                files.push_back(file.string());
            },
            seconds);
        read();
        return files;
    }

    TemporaryDirectory directory_;
    std::filesystem::path table_ = directory_ / "table.csv";
};

TEST_F(ReadingProgressTest, TellsOfFilesThatTakeLong) {
    std::ofstream(table_) << "a,b\n1,x\n2,y\n";
    const auto read = [&] { return read_table_samples(table_, {"a"}, "b"); };
    EXPECT_THAT(told(0, read), testing::Contains(table_.string()));
    EXPECT_THAT(told(1e9, read), testing::IsEmpty());
    read();  // told of no more
    const std::filesystem::path images = directory_ / "images";
    std::ofstream(images, std::ios::binary) << std::string("\0\0\x08\x03\0\0\0\1\0\0\0\1\0\0\0\1x", 17);
    EXPECT_THAT(told(0, [&] { return read_idx_images(images); }), testing::Contains(images.string()));
}

}  // namespace
}  // namespace dropsweep::data
