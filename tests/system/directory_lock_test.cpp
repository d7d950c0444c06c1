// The lock on a directory where the kernel has locks: who is kept out, when it is taken over, what is said.
#include <chrono>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include <sys/stat.h>

#include "dropsweep/system/fence.hpp"

#include "directory_lock_fixture.hpp"

namespace dropsweep::system {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;

/// Whether it does, at last: no time that a machine can take is a failure.
bool comes_true(const std::function<bool()>& condition) {
    const Clock::time_point limit = Clock::now() + 20s;
    while (!condition() && Clock::now() < limit) std::this_thread::sleep_for(1ms);
    return condition();
}

TEST_F(Locking, NamesTheHolderAndVanishesWithIt) {
    {
        const DirectoryLock lock(directory_.path(), kHost, nothing_is_lost);
        EXPECT_THAT(read_file(file_),
                    AllOf(HasSubstr("host: node1\n"), HasSubstr("process: " + std::to_string(::getpid()) + "\n"),
                          ContainsRegex("since: 20..-..-.. ..:..:.. UTC\n")));
        EXPECT_EQ(entries(), 1u);
    }
    EXPECT_EQ(entries(), 0u);
}

TEST_F(Locking, KeepsASecondProcessOut) {
    for (const std::string& host : {kHost, std::string("node2")}) {  // node2: where locks are passed on between hosts
        Rival first(directory_.path(), host);
        ASSERT_EQ(first.says(), "held");
        EXPECT_THAT(refusal(), AllOf(StartsWith(directory_.path().string() + ": in use by dropsweep on " + host +
                                                ", process " + std::to_string(first.process()) + ", since 20"),
                                     EndsWith(" UTC; wait for it, or name another --output")));
        EXPECT_EQ(entries(), 1u);
        first.end(SIGKILL);
        fs::remove(file_);
    }
}

TEST_F(Locking, AKilledProcessIsNoObstacle) {
    Rival killed(directory_.path(), kHost);
    ASSERT_EQ(killed.says(), "held");
    killed.end(SIGKILL);
    ASSERT_TRUE(fs::exists(file_));
    const Clock::time_point start = Clock::now();
    EXPECT_EQ(refusal(), "");
    EXPECT_LT(Clock::now() - start, 1s);
    EXPECT_EQ(entries(), 0u);
}

TEST_F(Locking, AStoppedProcessOfThisHostStillHolds) {
    const Rival stopped(directory_.path(), kHost, kFast);
    ASSERT_EQ(stopped.says(), "held");
    stopped.signal(SIGSTOP);
    std::this_thread::sleep_for(2 * kFast.stale_after);
    EXPECT_THAT(refusal(ExitCode::usage, kFast), HasSubstr("process " + std::to_string(stopped.process())));
    stopped.signal(SIGCONT);
    EXPECT_EQ(stopped.says(100ms), "");
}

TEST_F(Locking, AnotherHostHoldsUntilItHasBeenSilentForLong) {
    write_lock_of("node2", 4711, 12'500ms);
    EXPECT_EQ(refusal(), directory_.path().string() +
                             ": in use by dropsweep on node2, process 4711, since 2026-11-24 03:10:00 UTC; without a "
                             "sign of life its lock counts as stale in 18 s: wait for it, or name another --output");
    EXPECT_EQ(entries(), 1u);
    write_lock_of("node2", 4711, 31s);
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(entries(), 0u);
}

TEST_F(Locking, AClockThatWasSetBackDoesNotLockForEver) {
    write_lock_of("node2", 4711, -9'500ms);
    EXPECT_THAT(refusal(), HasSubstr("stale in 40 s"));
    write_lock_of("node2", 4711, -1h);
    EXPECT_EQ(refusal(), "");
}

TEST_F(Locking, ShowsThatItIsAlive) {
    const DirectoryLock lock(directory_.path(), kHost, nothing_is_lost, kFast);
    for (int i = 0; i < 5; ++i) {
        fs::last_write_time(file_, fs::file_time_type::clock::now() - 1h);
        EXPECT_TRUE(comes_true([&] { return fs::file_time_type::clock::now() - fs::last_write_time(file_) < 1min; }));
    }
}

TEST_F(Locking, TellsOnceThatItIsLostAndHow) {
    for (const bool replaced : {true, false}) {
        std::atomic<int> lost = 0;
        std::atomic<ExitCode> code = ExitCode::done;
        {
            const DirectoryLock lock(
                directory_.path(), kHost,
                [&](const Error& error) {
                    code = error.code();
                    ++lost;
                },
                kFast);
            std::this_thread::sleep_for(5 * kFast.sign_of_life);
            EXPECT_EQ(lost, 0);
            if (replaced) {
                write_lock_of_another();
            } else {
                fs::remove(file_);
            }
            EXPECT_TRUE(comes_true([&] { return lost == 1; }));
            std::this_thread::sleep_for(5 * kFast.sign_of_life);
        }
        EXPECT_EQ(lost, 1);
        EXPECT_EQ(code, replaced ? ExitCode::failure : ExitCode::io_error);
        EXPECT_EQ(fs::exists(file_), replaced);  // another's lock is left alone
        fs::remove(file_);
    }
}

TEST_F(Locking, IsNotLostWithItsDirectorysName) {
    const TemporaryDirectory other;
    std::atomic<int> lost = 0;
    {
        const DirectoryLock lock(
            directory_.path(), kHost, [&lost](const Error&) { ++lost; }, kFast);
        fs::rename(directory_.path(), other / "moved");
        std::this_thread::sleep_for(5 * kFast.sign_of_life);
    }
    EXPECT_EQ(lost, 0);
    EXPECT_TRUE(fs::is_empty(other / "moved"));
}

TEST_F(Locking, TakesOverWhatNamesNobody) {
    const std::string date = "since: 2026-11-24 03:10:00 UTC\n";
    for (const std::string& content :
         {std::string(), std::string("\0\xff\xfe", 3), std::string(100'000, '\n'), std::string(100'000, 'x'),
          "host: node2\n" + date, "process: 4711\n" + date, "host: node2\nprocess: 0\n" + date,
          "host: node2\nprocess: -1\n" + date, "host: node2\nprocess: 99999999999999\n" + date,
          "host: node2\nprocess: many\n" + date, "host: no\x1b[31mde2\nprocess: 4711\n" + date,
          "host: " + std::string(300, 'n') + "\nprocess: 4711\n" + date, std::string("host: node2\nprocess: 4711\n")}) {
        write(content);
        EXPECT_EQ(refusal(), "") << content.substr(0, 100);
        EXPECT_EQ(entries(), 0u);
    }
    write("");
    fs::resize_file(file_, 1'000'000'000'000);
    EXPECT_EQ(refusal(), "");
}

TEST_F(Locking, RefusesWhatIsHeldEvenIfItNamesNobody) {
    const Rival holder(directory_.path(), kHost);
    ASSERT_EQ(holder.says(), "held");
    for (const char* content : {"", "\xff\n\x01: \x02"}) {
        write(content);
        EXPECT_THAT(refusal(), HasSubstr(": in use by another process, which run.lock does not name; wait for it"));
    }
}

TEST_F(Locking, SaysWhenTheNameIsTaken) {
    const auto expect_refused = [this](const std::string& reason) {
        EXPECT_EQ(refusal(ExitCode::io_error),
                  "cannot use " + file_.string() + ": " + reason + "; remove it, or name another --output");
        EXPECT_EQ(entries(), 1u);
        fs::remove(file_);
    };
    fs::create_directory(file_);
    expect_refused("Is a directory");
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    expect_refused("it is not a file");
    fs::create_symlink("elsewhere", file_);
    expect_refused("Too many levels of symbolic links");
    fs::create_symlink("run.lock", file_);
    expect_refused("Too many levels of symbolic links");
}

TEST_F(Locking, SaysWhatIsForbidden) {
    directory_.open_to_all();
    {
        const WithoutRootRights ordinary_user;
        if (!ordinary_user.works() || ::getuid() != 0) GTEST_SKIP() << "needs root, to become an ordinary user";
        EXPECT_THAT(refusal(ExitCode::io_error),
                    AllOf(StartsWith("cannot lock " + directory_.path().string()), HasSubstr("Permission denied; ")));
    }
    fs::permissions(directory_.path(), fs::perms::all);
    write_lock_of("node2", 4711, 1h);
    fs::permissions(file_, fs::perms::none);
    const WithoutRootRights ordinary_user;
    EXPECT_THAT(refusal(ExitCode::io_error), HasSubstr("cannot use " + file_.string() + ": Permission denied; "));
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Locking, SaysThatTheDirectoryIsMissing) {
    EXPECT_THAT(
        error_of(ExitCode::io_error, [&] { const DirectoryLock lock(directory_ / "missing", kHost, nothing_is_lost); }),
        HasSubstr("missing: No such file or directory; "));
}

/// A process that was stopped for too long wakes up: between two signs of life nobody else tells it.
TEST_F(Locking, KeepsAProcessFromWritingThatHasLostItsLock) {
    const DirectoryLock lock(directory_.path(), kHost, nothing_is_lost);
    const fs::path file = directory_ / "history.csv";
    const auto code_of_write = [&](const std::string& content) {
        try {
            write_file_atomically(file, content);
        } catch (const Error& error) {
            return error.code();
        }
        return ExitCode::done;
    };
    set_fence(directory_.path(), lock.token());
    EXPECT_EQ(code_of_write("mine"), ExitCode::done);
    const std::string own = read_file(file_);

    std::string another = own;
    another.replace(another.find(lock.token()), lock.token().size(), "0123456789abcdef");
    std::ofstream(file_) << another;
    EXPECT_EQ(code_of_write("stale"), ExitCode::failure);
    fs::remove(file_);
    EXPECT_EQ(code_of_write("stale"), ExitCode::io_error);
    EXPECT_EQ(read_file(file), "mine");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), {}), 1) << "a temporary file is left";

    std::ofstream(file_) << own;
    EXPECT_EQ(code_of_write("mine again"), ExitCode::done);
    set_fence({}, {});
    fs::remove(file_);
    EXPECT_EQ(code_of_write("anybody's"), ExitCode::done);
}

TEST_F(Locking, HasAnotherTokenEachTime) {
    std::set<std::string> tokens;
    for (int i = 0; i < 3; ++i) tokens.insert(DirectoryLock(directory_.path(), kHost, nothing_is_lost).token());
    EXPECT_EQ(tokens.size(), 3u);
}

}  // namespace
}  // namespace dropsweep::system
