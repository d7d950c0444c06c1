// Whether standard error is a terminal, also that of the launcher.
#include "dropsweep/record/terminal.hpp"

#include <array>
#include <cstdlib>
#include <functional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Under mpirun the terminal is the launcher's:
//
//     terminal <-- stderr of mpirun          stderr of a rank --> pipe to mpirun

namespace dropsweep::record {
namespace {

constexpr int kNoTerminal = 255;
constexpr int kPipe = -1;
constexpr unsigned short kColumns = 97;

/// A terminal nobody looks at.
class PseudoTerminal {
  public:
    PseudoTerminal() : controller_(::posix_openpt(O_RDWR | O_NOCTTY)) {
        ::grantpt(controller_);
        ::unlockpt(controller_);
        line_ = ::open(::ptsname(controller_), O_RDWR | O_NOCTTY);
        const winsize size{.ws_row = 30, .ws_col = kColumns, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(line_, TIOCSWINSZ, &size);
    }
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;
    ~PseudoTerminal() {
        ::close(line_);
        ::close(controller_);
    }
    int line() const { return line_; }

  private:
    int controller_;
    int line_ = -1;
};

/// What `work` returns in a child process whose standard error is `standard_error`; -1: a pipe that this process reads.
int in_child(int standard_error, const std::function<int()>& work) {
    std::array<int, 2> pipe{-1, -1};
    if (standard_error == kPipe && ::pipe(pipe.data()) != 0) ADD_FAILURE() << "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(pipe[0]);
        ::dup2(standard_error == kPipe ? pipe[1] : standard_error, STDERR_FILENO);
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    for (const int end : pipe) ::close(end);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int columns_seen() {
    const auto terminal = progress_terminal();
    return terminal ? terminal->columns : kNoTerminal;
}

class TerminalTest : public testing::Test {
  protected:
    /// The columns that a process sees with this standard error.
    static int columns_with(int standard_error, const char* kind = "xterm") {
        return in_child(standard_error, [&] {
            kind != nullptr ? ::setenv("TERM", kind, 1) : ::unsetenv("TERM");
            return columns_seen();
        });
    }
    static int rank_with_a_pipe() { return columns_with(kPipe); }
    static int proxy_with_a_pipe() { return in_child(kPipe, rank_with_a_pipe); }
    PseudoTerminal terminal_;
    int null_ = ::open("/dev/null", O_WRONLY);
};

TEST_F(TerminalTest, OwnStandardErrorWithItsWidth) {
    EXPECT_EQ(columns_with(terminal_.line()), kColumns);
}

TEST_F(TerminalTest, NoTerminalNoLiveDisplay) {
    EXPECT_EQ(columns_with(null_), kNoTerminal);
}

TEST_F(TerminalTest, TerminalThatCannotMoveTheCursorIsNone) {
    EXPECT_EQ(columns_with(terminal_.line(), "dumb"), kNoTerminal);
    EXPECT_EQ(columns_with(terminal_.line(), nullptr), kNoTerminal);
}

TEST_F(TerminalTest, UnderMpirunItIsTheLaunchers) {
    EXPECT_EQ(in_child(terminal_.line(), rank_with_a_pipe), kColumns);
    EXPECT_EQ(in_child(null_, rank_with_a_pipe), kNoTerminal);
}

TEST_F(TerminalTest, BehindAProxyToo) {
    EXPECT_EQ(in_child(terminal_.line(), proxy_with_a_pipe), kColumns);
    EXPECT_EQ(in_child(null_, proxy_with_a_pipe), kNoTerminal);
}

// A shell whose launcher writes into a file, or into a pipe to another program.
TEST_F(TerminalTest, ParentsThatDoNotReadItAreNotAsked) {
    const auto rank_to_a_file = [&] { return columns_with(null_); };
    EXPECT_EQ(in_child(terminal_.line(), rank_to_a_file), kNoTerminal);
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const auto rank_to_another = [&] {
        ::close(pipe[0]);
        return columns_with(pipe[1]);
    };
    EXPECT_EQ(in_child(terminal_.line(), rank_to_another), kNoTerminal);
}

}  // namespace
}  // namespace dropsweep::record
