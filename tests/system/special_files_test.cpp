// What is not a regular file: read_file must not wait for it, write_file_atomically must not replace it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::system {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class SpecialFiles : public testing::Test {
  protected:
    fs::path fifo() const {
        const fs::path path = directory_ / "fifo";
        EXPECT_EQ(::mkfifo(path.c_str(), 0666), 0);
        return path;
    }
    fs::path socket() const {
        const fs::path path = directory_ / "socket";
        const Descriptor bound(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(bound.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        return path;
    }
    /// Another /dev/null; empty where one may not make devices.
    fs::path device() const {
        const fs::path path = directory_ / "device";
        return ::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0 ? path : fs::path();
    }
    void expect_neither_read_nor_written(const fs::path& path, const fs::path& named) const {
        const fs::file_type before = fs::status(path).type();
        expect_refusal(ExitCode::missing_input, named, [&] { read_file(named); });
        expect_refusal(ExitCode::io_error, named, [&] { write_file_atomically(named, "text"); });
        EXPECT_EQ(fs::symlink_status(path).type(), before) << path;
    }
    template <class Access>
    static void expect_refusal(ExitCode code, const fs::path& path, Access&& access) {
        EXPECT_THAT(error_of(code, [&] { access(); }),
                    AllOf(HasSubstr(path.string()), HasSubstr("not a regular file"), HasSubstr("; ")))
            << "no error: " << path;
    }
    TemporaryDirectory directory_;
};

TEST_F(SpecialFiles, AreNeitherReadNorWritten) {
    for (const fs::path& path : {fifo(), socket(), device()}) {
        if (path.empty()) continue;
        expect_neither_read_nor_written(path, path);
        fs::create_symlink(path, directory_ / "link");
        expect_neither_read_nor_written(path, directory_ / "link");
        fs::remove(directory_ / "link");
        fs::remove(path);
    }
    EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(SpecialFiles, SymbolicLinksAreFollowedAndStay) {
    fs::create_directory(directory_ / "there");
    write_file_atomically(directory_ / "there" / "file", "old");
    fs::create_symlink("there/file", directory_ / "relative");
    fs::create_symlink(directory_ / "relative", directory_ / "link to link");
    fs::create_symlink("there/not yet", directory_ / "dangling");
    write_file_atomically(directory_ / "link to link", "new");
    write_file_atomically(directory_ / "dangling", "first");
    EXPECT_EQ(read_file(directory_ / "there" / "file"), "new");
    EXPECT_EQ(read_file(directory_ / "there" / "not yet"), "first");
    for (const char* name : {"relative", "link to link", "dangling"}) {
        EXPECT_TRUE(fs::is_symlink(directory_ / name)) << name;
    }
}

TEST_F(SpecialFiles, LinksThatLeadNowhereAreRefused) {
    fs::create_symlink("round", directory_ / "round");
    EXPECT_THROW(write_file_atomically(directory_ / "round", "text"), Error);
    EXPECT_TRUE(fs::is_symlink(directory_ / "round"));
}

}  // namespace
}  // namespace dropsweep::system
