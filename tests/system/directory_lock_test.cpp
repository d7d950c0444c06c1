#include "dropsweep/system/directory_lock.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/system/fence.hpp"
#include "dropsweep/system/files.hpp"
#include "dropsweep/text/error.hpp"

#include "../support/temporary_directory.hpp"

// The processes here are real: forked, killed and stopped. Other hosts are names in a file, whose age is set. A file
// system without locks is a fcntl that says so.

namespace dropsweep::system {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

const std::string kHost = "node1";
constexpr LockTiming kFast = {.sign_of_life = 20ms, .stale_after = 300ms};
constexpr pid_t kNobody = 0x3ffffff;  // beyond what Linux gives a process

std::atomic<bool> locks_are_supported = true;

/// Whether processes dawdle before each step that decides a race.
std::atomic<bool> they_dawdle = false;

void dawdle() {
    static std::minstd_rand random(static_cast<unsigned>(::getpid()));
    if (they_dawdle) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
}

class WithoutKernelLocks {
  public:
    WithoutKernelLocks() { locks_are_supported = false; }
    WithoutKernelLocks(const WithoutKernelLocks&) = delete;
    ~WithoutKernelLocks() { locks_are_supported = true; }
};

void nothing_is_lost(const Error&) {}

/// Whether it does, at last: no time that a machine can take is a failure.
bool comes_true(const std::function<bool()>& condition) {
    const Clock::time_point limit = Clock::now() + 20s;
    while (!condition() && Clock::now() < limit) std::this_thread::sleep_for(1ms);
    return condition();
}

/// Another process that tries to lock the directory, says how that went, and holds the lock until it is ended.
class Rival {
  public:
    Rival(const fs::path& directory, const std::string& host, const LockTiming& timing = {}, int start = -1) {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("pipe");
        process_ = ::fork();
        if (process_ == 0) {
            char go = 0;
            if (start >= 0) [[maybe_unused]]
                const ssize_t ignored = ::read(start, &go, 1);
            run(directory, host, timing, ends[1]);
        }
        ::close(ends[1]);
        pipe_ = ends[0];
    }
    Rival(const Rival&) = delete;
    ~Rival() {
        end(SIGKILL);
        ::close(pipe_);
    }

    /// "held", "lost" or why it could not lock; in the order in which that happened. Empty: nothing for a long time.
    std::string says(std::chrono::milliseconds patience = 20s) const {
        pollfd event = {.fd = pipe_, .events = POLLIN, .revents = 0};
        if (::poll(&event, 1, static_cast<int>(patience.count())) <= 0) return "";
        std::string line;
        for (char c = 0; ::read(pipe_, &c, 1) == 1 && c != '\n';) line += c;
        return line;
    }
    void signal(int number) const { ::kill(process_, number); }
    void end(int number) {
        if (process_ == 0) return;
        ::kill(process_, number);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    pid_t process() const { return process_; }

  private:
    [[noreturn]] static void run(const fs::path& directory, const std::string& host, const LockTiming& timing,
                                 int pipe) {
        const auto say = [pipe](const std::string& line) {
            if (::write(pipe, (line + "\n").data(), line.size() + 1) < 0) ::_exit(3);
        };
        try {
            const DirectoryLock lock(
                directory, host, [say](const Error&) { say("lost"); }, timing);
            say("held");
            while (true) ::pause();
        } catch (const Error& error) {
            say(std::string(error.code() == ExitCode::usage ? "" : "not usage: ") + error.what());
        }
        ::_exit(0);
    }

    pid_t process_ = 0;
    int pipe_ = -1;
};

class Locking : public testing::Test {
  protected:
    const TemporaryDirectory directory_;
    const fs::path file_ = directory_ / "run.lock";

    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()));
    }
    void write(const std::string& content) const { std::ofstream(file_, std::ios::binary) << content; }
    /// As if another process had written it so long ago; negative: in the future.
    void write_lock_of(const std::string& host, pid_t process, std::chrono::milliseconds silence) const {
        write("host: " + host + "\nprocess: " + std::to_string(process) + "\nsince: 2026-11-24 03:10:00 UTC\n");
        fs::last_write_time(file_, fs::file_time_type::clock::now() - silence);
    }
    /// In the place of the one that is there, with no instant in between.
    void write_lock_of_another() const {
        std::ofstream(directory_ / "other") << "host: node2\nprocess: 4711\nsince: 2026-11-24 03:10:00 UTC\n";
        fs::rename(directory_ / "other", file_);
    }
    /// What is said when the directory cannot be locked; empty when it can.
    std::string refusal(ExitCode code = ExitCode::usage, const LockTiming& timing = {}) const {
        try {
            const DirectoryLock lock(directory_.path(), kHost, nothing_is_lost, timing);
            EXPECT_THAT(read_file(file_), HasSubstr("process: " + std::to_string(::getpid())));
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code);
            EXPECT_EQ(one_line(error.what()), error.what());
            return error.what();
        }
    }
};

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
    try {
        const DirectoryLock lock(directory_ / "missing", kHost, nothing_is_lost);
        ADD_FAILURE() << "locked";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::io_error);
        EXPECT_THAT(error.what(), HasSubstr("missing: No such file or directory; "));
    }
}

/// Several processes that start at the same instant: how many say that they hold the lock and, some signs of life
/// later, not that they have lost it. The others name one of them.
std::size_t winners_of_a_race(const fs::path& directory, const std::vector<std::string>& hosts) {
    constexpr LockTiming kTiming = {.sign_of_life = 20ms, .stale_after = 30s};
    int start[2];
    if (::pipe(start) != 0) throw std::runtime_error("pipe");
    they_dawdle = true;
    std::vector<std::unique_ptr<Rival>> rivals;
    for (const std::string& host : hosts) rivals.push_back(std::make_unique<Rival>(directory, host, kTiming, start[0]));
    EXPECT_EQ(::write(start[1], "go go go", hosts.size()), static_cast<ssize_t>(hosts.size()));
    std::vector<const Rival*> holders;
    for (const auto& rival : rivals) {
        const std::string said = rival->says();
        if (said == "held") holders.push_back(rival.get());
        if (said == "held") continue;
        EXPECT_TRUE(std::ranges::any_of(rivals, [&](const auto& named) {
            return said.find(", process " + std::to_string(named->process()) + ",") != std::string::npos;
        })) << said;
    }
    they_dawdle = false;
    const bool kernel_decides = locks_are_supported;
    const std::chrono::milliseconds patience = kernel_decides ? 0ms : 300ms;
    const auto lost = std::ranges::count_if(holders, [&](const Rival* holder) { return holder->says(patience) != ""; });
    ::close(start[0]);
    ::close(start[1]);
    return holders.size() - static_cast<std::size_t>(lost);
}

TEST_F(Locking, ExactlyOneOfManyTakesAnAbandonedLockOver) {
    constexpr int kRounds = 50;
    const std::vector<std::function<void()>> abandoned = {
        [this] { fs::remove(file_); },
        [this] { write_lock_of(kHost, kNobody, 0s); },
        [this] { write_lock_of("node2", 4711, 1h); },
        [this] { write("nobody"); },
        [] {},  // as the killed winner of the round before left it
    };
    for (int round = 0; round < kRounds; ++round) {
        abandoned[static_cast<std::size_t>(round) % abandoned.size()]();
        ASSERT_EQ(winners_of_a_race(directory_.path(), {kHost, kHost, kHost, kHost}), 1u) << "round " << round;
        ASSERT_EQ(entries(), 1u) << "round " << round;
    }
}

TEST_F(Locking, WithoutKernelLocksALivingProcessHolds) {
    const WithoutKernelLocks here;
    const Rival first(directory_.path(), kHost);
    ASSERT_EQ(first.says(), "held");
    EXPECT_THAT(refusal(), HasSubstr(", process " + std::to_string(first.process()) + ","));
}

TEST_F(Locking, WithoutKernelLocksADeadProcessDoesNot) {
    const WithoutKernelLocks here;
    Rival killed(directory_.path(), kHost);
    ASSERT_EQ(killed.says(), "held");
    killed.end(SIGKILL);
    EXPECT_EQ(refusal(), "");
    write_lock_of(kHost, ::getpid(), 0s);  // as the first process of another container
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(entries(), 0u);
}

TEST_F(Locking, WithoutKernelLocksSignsOfLifeDecideBetweenHosts) {
    const WithoutKernelLocks here;
    write_lock_of("node2", 4711, 5'500ms);
    EXPECT_THAT(refusal(), HasSubstr("stale in 25 s"));
    write_lock_of("node2", 4711, 31s);
    EXPECT_EQ(refusal(), "");
}

TEST_F(Locking, WithoutKernelLocksAStoppedProcessLearnsThatItHasLost) {
    const WithoutKernelLocks here;
    const Rival stopped(directory_.path(), "node2", kFast);
    ASSERT_EQ(stopped.says(), "held");
    std::this_thread::sleep_for(2 * kFast.stale_after);
    EXPECT_NE(refusal(ExitCode::usage, kFast), "");  // it gives signs of life
    stopped.signal(SIGSTOP);
    std::this_thread::sleep_for(2 * kFast.stale_after);
    const DirectoryLock taken(directory_.path(), kHost, nothing_is_lost, kFast);
    stopped.signal(SIGCONT);
    EXPECT_EQ(stopped.says(), "lost");
    EXPECT_THAT(read_file(file_), HasSubstr("host: node1\n"));
}

TEST_F(Locking, LooksAgainAfterItTookOverWhatTheKernelDoesNotDecide) {
    write_lock_of("node2", 4711, 1h);
    std::jthread faster([this](const std::stop_token& stop) {
        while (!stop.stop_requested() && read_file(file_).find("host: node1\n") == std::string::npos) {
            std::this_thread::sleep_for(1ms);
        }
        write_file_atomically(file_, "host: node3\nprocess: 4712\nsince: 2026-11-24 03:10:01 UTC\n");
    });
    EXPECT_THAT(refusal(), HasSubstr("in use by dropsweep on node3, process 4712,"));
    EXPECT_THAT(read_file(file_), HasSubstr("host: node3\n"));
}

TEST_F(Locking, WithoutKernelLocksExactlyOneTakesAStaleLockOver) {
    const WithoutKernelLocks here;
    for (int round = 0; round < 10; ++round) {
        write_lock_of("node9", 4711, 1h);
        ASSERT_EQ(winners_of_a_race(directory_.path(), {kHost, "node2", "node3"}), 1u) << "round " << round;
    }
}

TEST_F(Locking, WithoutKernelLocksExactlyOneStartsInAnEmptyDirectory) {
    const WithoutKernelLocks here;
    for (int round = 0; round < 10; ++round) {
        fs::remove(file_);
        ASSERT_EQ(winners_of_a_race(directory_.path(), {kHost, "node2", "node3"}), 1u) << "round " << round;
    }
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

/// What stands in for the C library's fcntl and linkat in this program.
extern "C" int fcntl(int file, int command, ...) {
    std::va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    if (command == F_OFD_SETLK && !locks_are_supported) {
        errno = ENOLCK;
        return -1;
    }
    if (command == F_OFD_SETLK) dawdle();
    return static_cast<int>(::syscall(SYS_fcntl, file, command, argument));
}

extern "C" int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) noexcept {
    dawdle();
    return static_cast<int>(::syscall(SYS_linkat, from_directory, from, to_directory, to, flags));
}

}  // namespace dropsweep::system
