// The memory that a process may take, within its control groups.
#include "dropsweep/system/memory.hpp"

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "../support/temporary_directory.hpp"

namespace dropsweep::system {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

class MemoryTest : public testing::Test {
  protected:
    MemoryTest() { std::ofstream(directory_ / "membership") << "1:name=systemd:/x\n0::/job/step\n"; }

    void write(const std::string& group, const std::string& file, const std::string& content) {
        const std::filesystem::path path = directory_ / "root" / group;
        std::filesystem::create_directories(path);
        std::ofstream(path / file) << content;
    }
    std::size_t memory() const { return memory_of_control_group(directory_ / "root", directory_ / "membership"); }

    TemporaryDirectory directory_;
};

TEST_F(MemoryTest, ThereIsSome) {
    EXPECT_GT(available_memory(), std::size_t{1} << 20);
}

TEST_F(MemoryTest, TheTightestOfTheGroupsCounts) {
    EXPECT_EQ(memory(), kNoLimit);
    write("job/step", "memory.max", "max\n");
    write("job/step", "memory.current", "300\n");
    EXPECT_EQ(memory(), kNoLimit);
    write("job", "memory.max", "1000\n");
    write("job", "memory.current", "400\n");
    EXPECT_EQ(memory(), 600u);
    write("job/step", "memory.max", "500\n");
    EXPECT_EQ(memory(), 200u);
    write("job/step", "memory.current", "700\n");
    EXPECT_EQ(memory(), 0u);
}

/// What the system keeps of files it gives away.
TEST_F(MemoryTest, CopiesOfFilesAreNoUse) {
    write("job", "memory.max", "1000\n");
    write("job", "memory.current", "900\n");
    write("job", "memory.stat", "anon 200\nfile 700\nactive_file 100\ninactive_file 550\n");
    EXPECT_EQ(memory(), 750u);
}

}  // namespace
}  // namespace dropsweep::system
