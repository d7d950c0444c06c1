// A signal that asks to stop, and a second one.
#include "dropsweep/system/stop_signal.hpp"

#include <csignal>
#include <ctime>

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::system {
namespace {

constexpr int kStopped = 0;
constexpr int kNotAsked = 100;
constexpr int kNotTraced = 101;

/// A process that is run instruction by instruction from where it gets SIGTERM to its end.
class Stepped {
  public:
    Stepped() : process_(::fork()) {
        if (process_ == 0) {
            catch_stop_signals();
            // The handler calls this too: looking the name up takes thousands of instructions, once.
            timespec ignored{};
            ::clock_gettime(CLOCK_MONOTONIC, &ignored);
            if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(kNotTraced);
            ::raise(SIGTERM);
            ::_exit(stop_signal() == 0 ? kNotAsked : kStopped);
        }
        ::waitpid(process_, &status_, 0);
        step(SIGTERM);
    }
    Stepped(const Stepped&) = delete;
    ~Stepped() { go_on(0); }

    bool runs() const { return WIFSTOPPED(status_); }
    /// One instruction, or to the first one of the signal's handler.
    void step(int signal = 0) { resume(PTRACE_SINGLESTEP, signal); }
    /// To its end. @return  its exit code
    int go_on(int signal) {
        while (runs()) resume(PTRACE_CONT, signal);
        return WEXITSTATUS(status_);
    }

  private:
    void resume(__ptrace_request how, int signal) {
        if (!runs()) return;
        ::ptrace(how, process_, nullptr, long{signal});
        ::waitpid(process_, &status_, 0);
    }

    pid_t process_;
    int status_ = 0;
};

/// One request, passed on by a launcher and by a terminal: whatever the handler of the first is just at.
TEST(StopSignal, ASecondOneRightAfterItIsTheSameRequest) {
    constexpr int kMostSteps = 200;  // more than the handler has
    for (int steps = 0; steps < kMostSteps; ++steps) {
        Stepped process;
        for (int i = 0; i < steps; ++i) process.step();
        const bool has_ended = !process.runs();
        const int code = process.go_on(SIGUSR1);
        if (code == kNotTraced) GTEST_SKIP() << "no process can be traced here";
        ASSERT_EQ(code, kStopped) << "after " << steps << " instructions";
        if (has_ended) break;
    }
}

TEST(StopSignal, ASecondOneLaterEndsTheProcess) {
    const pid_t process = ::fork();
    if (process == 0) {
        catch_stop_signals();
        for (const int signal : {SIGUSR2, SIGINT}) {
            ::raise(signal);
            if (stop_signal() != SIGUSR2) ::_exit(kNotAsked);
            ::usleep(250'000);
        }
        ::_exit(kStopped);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::interrupted));
}

}  // namespace
}  // namespace dropsweep::system
