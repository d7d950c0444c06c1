// Files and directories are durable, or as before, whatever fails.
#include "dropsweep/system/files.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/error_of.hpp"
#include "../support/small_disk.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::system {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

/// Writes and expects an io_error that names the file and the system's reason.
void expect_io_error(const fs::path& path, const std::string& content, const std::string& reason) {
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { write_file_atomically(path, content); }),
                AllOf(HasSubstr(path.string()), HasSubstr(reason), HasSubstr("; ")));
}

/// The steps of the last write, in order.
std::vector<std::string> steps;
/// What fsync answers for a file and for a directory: 0, or an errno.
int file_fsync = 0;
int directory_fsync = 0;

/// fsync answers so while this object lives.
class Fsync {
  public:
    Fsync(int for_files, int for_directories) {
        file_fsync = for_files;
        directory_fsync = for_directories;
    }
    Fsync(const Fsync&) = delete;
    ~Fsync() { file_fsync = directory_fsync = 0; }
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

TEST(WriteFileAtomically, IsOnTheDiskBeforeItIsSeenAndSeenBeforeItReturns) {
    const TemporaryDirectory directory;
    steps.clear();
    write_file_atomically(directory / "file", "content");
    EXPECT_THAT(steps, ElementsAre("fsync file of 7 bytes", "rename to file", "fsync directory"));
}

TEST(WriteFileAtomically, TakesAFileSystemWithoutFsyncAsItIs) {
    const TemporaryDirectory directory;
    const Fsync unknown(EINVAL, EINVAL);
    write_file_atomically(directory / "file", "content");
    EXPECT_EQ(read_file(directory / "file"), "content");
}

TEST(WriteFileAtomically, ADiskThatFailsLeavesTheOldFile) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", "old");
    const Fsync broken(EIO, 0);
    expect_io_error(directory / "file", "new", "Input/output error");
    EXPECT_EQ(read_file(directory / "file"), "old");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFileAtomically, SaysWhenOnlyTheDirectoryIsNotOnTheDisk) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", "old");
    const Fsync broken(0, EIO);
    expect_io_error(directory / "file", "new", "Input/output error");
    EXPECT_EQ(read_file(directory / "file"), "new");
    EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(MakeDirectory, IsOnTheDisk) {
    const TemporaryDirectory directory;
    steps.clear();
    make_directory(directory / "made");
    EXPECT_TRUE(fs::is_directory(directory / "made"));
    EXPECT_THAT(steps, ElementsAre("fsync directory"));
    make_directory(directory / "made");
    EXPECT_THAT(steps, testing::SizeIs(1));
}

TEST(MakeDirectory, FailsWhereItCannot) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", "content");
    for (const fs::path& path : {directory / "missing/made", directory / "file"}) {
        EXPECT_THAT(error_of(ExitCode::io_error, [&] { make_directory(path); }),
                    AllOf(HasSubstr(path.string()), HasSubstr("; ")));
    }
}

TEST(RemoveFile, IsOnTheDisk) {
    const TemporaryDirectory directory;
    write_file_atomically(directory / "file", "content");
    steps.clear();
    remove_file(directory / "file");
    EXPECT_THAT(steps, ElementsAre("fsync directory"));
    EXPECT_EQ(entries(directory.path()), 0u);
    remove_file(directory / "file");
    remove_file(directory / "nowhere" / "file");
}

TEST(RemoveFile, FailsWhereItCannot) {
    const TemporaryDirectory directory;
    fs::create_directory(directory / "name");
    EXPECT_THAT(error_of(ExitCode::io_error, [&] { remove_file(directory / "name"); }),
                HasSubstr((directory / "name").string()));
}

TEST(MakeDirectories, AreOnTheDiskWithTheirParents) {
    const TemporaryDirectory directory;
    steps.clear();
    make_directories(directory / "run/models");
    EXPECT_TRUE(fs::is_directory(directory / "run/models"));
    EXPECT_THAT(steps, ElementsAre("fsync directory", "fsync directory"));
    make_directories(directory / "run/models");
    EXPECT_THAT(steps, testing::SizeIs(2));
    make_directories(directory / "slash/");
    EXPECT_TRUE(fs::is_directory(directory / "slash"));
    write_file_atomically(directory / "file", "content");
    EXPECT_THROW(make_directories(directory / "file/run/models"), Error);
}

TEST(ReadFile, SaysWhichFileIsMissing) {
    const TemporaryDirectory directory;
    for (const fs::path& path : {directory / "missing", directory.path()}) {
        EXPECT_THAT(error_of(ExitCode::missing_input, [&] { read_file(path); }),
                    AllOf(HasSubstr(path.string()), HasSubstr("; ")))
            << "read " << path;
    }
}

TEST(ReadFile, SaysWhichFileMayNotBeRead) {
    const TemporaryDirectory directory;
    directory.open_to_all();
    write_file_atomically(directory / "secret", "content");
    fs::permissions(directory / "secret", fs::perms::none);
    const WithoutRootRights ordinary_user;
    if (!ordinary_user.works()) GTEST_SKIP() << "root cannot become an ordinary user here";
    EXPECT_THAT(error_of(ExitCode::missing_input, [&] { read_file(directory / "secret"); }),
                AllOf(HasSubstr("secret"), HasSubstr("Permission denied")));
}

TEST(ReadFile, SaysWhichFileFailedWhileReading) {
    EXPECT_THROW(read_file("/proc/self/mem"), Error);  // it can be opened, but not read from its start
}

}  // namespace

/// What stands in for the C library's fsync and renameat in this program: they do their work and say so.
extern "C" int fsync(int file) {
    struct stat status {};
    ::fstat(file, &status);
    const bool is_directory = S_ISDIR(status.st_mode);
    steps.push_back(is_directory ? "fsync directory" : "fsync file of " + std::to_string(status.st_size) + " bytes");
    const int answer = is_directory ? directory_fsync : file_fsync;
    if (answer == 0) return static_cast<int>(::syscall(SYS_fsync, file));
    errno = answer;
    return -1;
}

extern "C" int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    steps.push_back(std::string("rename to ") + to);
    return static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, 0));
}

}  // namespace dropsweep::system
