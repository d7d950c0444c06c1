// What stands between Hydra and a rank: it ends as the rank does, and passes signals on.
#include "dropsweep/comm/supervisor.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <utility>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dropsweep::comm {
namespace {

constexpr int kUnsupervised = 99;

/// Starts ranks as Hydra does, and hears from them by a pipe.
class SupervisorTest : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }
    void TearDown() override {
        for (const int end : ends_) ::close(end);
    }

    /// @return  the process that becomes a supervisor, of a rank that does this
    pid_t start(const std::function<void()>& rank) {
        const pid_t started = ::fork();
        if (started != 0) return started;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // of a test that is ended nothing stays
        setenv("HYDI_CONTROL_FD", "7", 1);
        setenv("PMI_RANK", "0", 1);
        setenv("PMI_SIZE", "2", 1);
        const pid_t known = ::getpid();
        supervise_rank();
        if (::getppid() != known) std::_Exit(kUnsupervised);
        rank();
        std::_Exit(0);
    }
    /// In the rank: tells its number.
    void say() {
        const pid_t own = ::getpid();
        if (::write(ends_[1], &own, sizeof own) != sizeof own) std::_Exit(EXIT_FAILURE);
    }
    /// What a rank has told; 0: all who could have ended.
    pid_t hear() {
        pid_t rank = 0;
        return ::read(ends_[0], &rank, sizeof rank) == sizeof rank ? rank : 0;
    }
    void leave_it_to_the_rank() { ::close(std::exchange(ends_[1], -1)); }

    static int code_of(pid_t process) {
        int status = 0;
        ::waitpid(process, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

  private:
    std::array<int, 2> ends_{};
};

TEST_F(SupervisorTest, IsOneUnderHydraAlone) {
    const pid_t own = ::getpid();
    supervise_rank();
    EXPECT_EQ(::getpid(), own);
}

TEST_F(SupervisorTest, EndsAsTheRank) {
    EXPECT_EQ(code_of(start([] { std::_Exit(3); })), 3);
}

TEST_F(SupervisorTest, EndsAsTheRankWhereItsLauncherIgnoresEnds) {
    std::signal(SIGCHLD, SIG_IGN);
    const pid_t started = start([] { std::_Exit(3); });
    std::signal(SIGCHLD, SIG_DFL);
    EXPECT_EQ(code_of(started), 3);
}

TEST_F(SupervisorTest, PassesStopSignalsOn) {
    const pid_t started = start([this] {
        sigset_t stop;
        sigemptyset(&stop);
        sigaddset(&stop, SIGTERM);
        sigprocmask(SIG_BLOCK, &stop, nullptr);
        say();
        int number = 0;
        sigwait(&stop, &number);
        std::_Exit(75);
    });
    ASSERT_NE(hear(), 0);
    ::kill(started, SIGTERM);
    EXPECT_EQ(code_of(started), 75);
}

TEST_F(SupervisorTest, StaysAfterARankThatWasKilled) {
    const pid_t started = start([this] {
        say();
        ::pause();
    });
    const pid_t rank = hear();
    ASSERT_NE(rank, 0);
    ::kill(rank, SIGKILL);
    while (::kill(rank, 0) == 0) ::usleep(1000);  // the supervisor asks how it ended
    EXPECT_EQ(::waitpid(started, nullptr, WNOHANG), 0);
    ::kill(started, SIGKILL);
    EXPECT_EQ(code_of(started), -SIGKILL);
}

TEST_F(SupervisorTest, TakesTheRankWithIt) {
    const pid_t started = start([this] {
        say();
        ::pause();
    });
    leave_it_to_the_rank();
    ASSERT_NE(hear(), 0);
    ::kill(started, SIGKILL);
    EXPECT_EQ(hear(), 0);
    code_of(started);
}

}  // namespace
}  // namespace dropsweep::comm
