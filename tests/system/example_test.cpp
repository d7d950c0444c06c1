// The layer system in use: a locked directory, a durable file in it, its digest, another program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dropsweep/system/directory_lock.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/system/process.hpp"
#include "dropsweep/system/sha256.hpp"
#include "dropsweep/text/hex.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::system {
namespace {

TEST(SystemExample, AFileIsWrittenInALockedDirectory) {
    const TemporaryDirectory directory;
    const DirectoryLock lock(directory.path(), "this-host", [](const Error& lost) { FAIL() << lost.what(); });
    EXPECT_THAT(read_file(directory / "run.lock"), testing::HasSubstr("host: this-host\n"));

    const std::filesystem::path file = directory / "results.csv";
    write_file_atomically(file, "trial,loss\n");
    EXPECT_EQ(read_file(file), "trial,loss\n");

    const auto sum = run_process({"sha256sum", file.string()}, "");
    const std::string content = read_file(file);
    EXPECT_EQ(sum.value().output.substr(0, 64), text::to_hex(sha256(std::span<const char>(content))));
}

}  // namespace
}  // namespace dropsweep::system
