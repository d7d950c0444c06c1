#include "dropsweep/comm/supervisor.hpp"

#include <csignal>
#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dropsweep::comm {
namespace {

/// What Hydra starts, which becomes a supervisor and a rank that does this.
pid_t start(const std::function<void()>& rank) {
    const pid_t started = ::fork();
    if (started != 0) return started;
    setenv("HYDI_CONTROL_FD", "7", 1);
    setenv("PMI_RANK", "0", 1);
    setenv("PMI_SIZE", "2", 1);
    supervise_rank();
    rank();
    std::_Exit(0);
}

int code_of(pid_t process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(Supervisor, IsOneUnderHydraAlone) {
    const pid_t own = ::getpid();
    supervise_rank();
    EXPECT_EQ(::getpid(), own);
}

TEST(Supervisor, EndsAsTheRank) {
    EXPECT_EQ(code_of(start([] { std::_Exit(3); })), 3);
}

TEST(Supervisor, EndsAsTheRankWhereItsLauncherIgnoresEnds) {
    std::signal(SIGCHLD, SIG_IGN);
    const pid_t started = start([] { std::_Exit(3); });
    std::signal(SIGCHLD, SIG_DFL);
    EXPECT_EQ(code_of(started), 3);
}

TEST(Supervisor, PassesStopSignalsOn) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t started = start([&] {
        sigset_t stop;
        sigemptyset(&stop);
        sigaddset(&stop, SIGTERM);
        sigprocmask(SIG_BLOCK, &stop, nullptr);
        ::write(ends[1], "!", 1);
        int number = 0;
        sigwait(&stop, &number);
        std::_Exit(75);
    });
    char ready = 0;
    ASSERT_EQ(::read(ends[0], &ready, 1), 1);
    ::kill(started, SIGTERM);
    EXPECT_EQ(code_of(started), 75);
}

TEST(Supervisor, StaysAfterARankThatWasKilled) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t started = start([&] {
        const pid_t own = ::getpid();
        ::write(ends[1], &own, sizeof own);
        ::pause();
    });
    ::close(ends[1]);
    pid_t rank = 0;
    ASSERT_EQ(::read(ends[0], &rank, sizeof rank), static_cast<ssize_t>(sizeof rank));
    ::kill(rank, SIGKILL);
    while (::kill(rank, 0) == 0) ::usleep(1000);  // the supervisor asks how it ended
    EXPECT_EQ(::waitpid(started, nullptr, WNOHANG), 0);
    ::kill(started, SIGKILL);
    EXPECT_EQ(code_of(started), -SIGKILL);
}

TEST(Supervisor, TakesTheRankWithIt) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t started = start([&] {
        ::write(ends[1], "!", 1);
        ::pause();
    });
    ::close(ends[1]);
    char ready = 0;
    ASSERT_EQ(::read(ends[0], &ready, 1), 1);
    ::kill(started, SIGKILL);
    EXPECT_EQ(::read(ends[0], &ready, 1), 0);  // nobody is there who could write
    code_of(started);
}

}  // namespace
}  // namespace dropsweep::comm
