// The lock on a directory where several processes want it at once, and where the kernel knows no locks.
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>

#include "directory_lock_fixture.hpp"

namespace dropsweep::system {
namespace {

constexpr pid_t kNobody = 0x3ffffff;  // beyond what Linux gives a process

void dawdle() {
    static std::minstd_rand random(static_cast<unsigned>(::getpid()));
    if (they_dawdle) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
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

TEST_F(Locking, WithoutKernelLocksALivingProcessHoldsAndADeadOneDoesNot) {
    const WithoutKernelLocks here;
    Rival first(directory_.path(), kHost);
    ASSERT_EQ(first.says(), "held");
    EXPECT_THAT(refusal(), HasSubstr(", process " + std::to_string(first.process()) + ","));
    first.end(SIGKILL);
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

TEST_F(Locking, WithoutKernelLocksExactlyOneTakesAStaleLockOverOrStartsInAnEmptyDirectory) {
    const WithoutKernelLocks here;
    for (int round = 0; round < 20; ++round) {
        round % 2 == 0 ? write_lock_of("node9", 4711, 1h) : static_cast<void>(fs::remove(file_));
        ASSERT_EQ(winners_of_a_race(directory_.path(), {kHost, "node2", "node3"}), 1u) << "round " << round;
    }
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
