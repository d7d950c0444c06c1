#include "dropsweep/core/files.hpp"

#include <array>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "dropsweep/core/error.hpp"

#include "../support/temporary_directory.hpp"

namespace dropsweep::core {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

/// Writes and expects an io_error that names the file and the system's reason.
void expect_io_error(const fs::path& path, const std::string& content, const std::string& reason) {
    try {
        write_file_atomically(path, content);
        ADD_FAILURE() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io_error);
        EXPECT_THAT(error.what(), AllOf(HasSubstr(path.string()), HasSubstr(reason), HasSubstr("; ")));
    }
}

/// No file may grow beyond `bytes` while this object lives: a disk that is full after so many.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    SmallDisk(const SmallDisk&) = delete;
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

TEST(WriteFileAtomically, WritesThePiecesInOrder) {
    const TemporaryDirectory directory;
    const std::array<std::string_view, 4> pieces = {"one,", "", std::string_view("t\0o\n", 4), "three"};
    write_file_atomically(directory / "file", pieces);
    EXPECT_EQ(read_file(directory / "file"), std::string("one,t\0o\nthree", 13));
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFileAtomically, ReplacesALongerFile) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", std::string(100'000, 'x'));
    write_file_atomically(directory / "file", "short");
    EXPECT_EQ(read_file(directory / "file"), "short");
    write_file_atomically(directory / "file", "");
    EXPECT_EQ(read_file(directory / "file"), "");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFileAtomically, FailsWithoutTheDirectory) {
    const TemporaryDirectory directory;
    expect_io_error(directory / "missing/file", "content", "No such file or directory");
    EXPECT_EQ(entries(directory.path()), 0u);
}

TEST(WriteFileAtomically, FailsWhereADirectoryHasTheName) {
    const TemporaryDirectory directory;
    fs::create_directory(directory / "name");
    expect_io_error(directory / "name", "content", "Is a directory");
    EXPECT_TRUE(fs::is_directory(directory / "name"));
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFileAtomically, FullDiskLeavesTheOldFileAndNoTemporaryOne) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", "old");
    {
        const SmallDisk disk(4096);
        expect_io_error(directory / "file", std::string(10'000, 'n'), "File too large");
    }
    EXPECT_EQ(read_file(directory / "file"), "old");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(ReadFile, SaysWhichFileIsMissing) {
    const TemporaryDirectory directory;
    for (const fs::path& path : {directory / "missing", directory.path()}) {
        try {
            read_file(path);
            ADD_FAILURE() << "read " << path;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::missing_input);
            EXPECT_THAT(error.what(), AllOf(HasSubstr(path.string()), HasSubstr("; ")));
        }
    }
}

TEST(ReadFile, SaysWhichFileMayNotBeRead) {
    const TemporaryDirectory directory;
    directory.open_to_all();
    write_file_atomically(directory / "secret", "content");
    fs::permissions(directory / "secret", fs::perms::none);
    const WithoutRootRights ordinary_user;
    if (!ordinary_user.works()) GTEST_SKIP() << "root cannot become an ordinary user here";
    try {
        read_file(directory / "secret");
        ADD_FAILURE() << "read";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::missing_input);
        EXPECT_THAT(error.what(), AllOf(HasSubstr("secret"), HasSubstr("Permission denied")));
    }
}

TEST(ReadFile, SaysWhichFileFailedWhileReading) {
    EXPECT_THROW(read_file("/proc/self/mem"), Error);  // it can be opened, but not read from its start
}

}  // namespace
}  // namespace dropsweep::core
