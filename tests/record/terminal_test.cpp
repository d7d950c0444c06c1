#include "dropsweep/record/terminal.hpp"

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

/// What `work` returns in a child process with this standard error.
int in_child(int standard_error, const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(standard_error, STDERR_FILENO);
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int columns_seen() {
    const auto terminal = progress_terminal();
    return terminal ? terminal->columns : kNoTerminal;
}

class TerminalTest : public testing::Test {
  protected:
    /// The columns that a process sees whose environment is `set` up so.
    int columns_with(int standard_error, const char* kind, bool under_mpirun) const {
        return in_child(standard_error, [&] {
            set_environment(kind, under_mpirun);
            return columns_seen();
        });
    }
    static void set_environment(const char* kind, bool under_mpirun) {
        kind != nullptr ? ::setenv("TERM", kind, 1) : ::unsetenv("TERM");
        under_mpirun ? ::setenv("OMPI_COMM_WORLD_RANK", "0", 1) : ::unsetenv("OMPI_COMM_WORLD_RANK");
    }
    PseudoTerminal terminal_;
    int null_ = ::open("/dev/null", O_WRONLY);
};

TEST_F(TerminalTest, OwnStandardErrorWithItsWidth) {
    EXPECT_EQ(columns_with(terminal_.line(), "xterm", false), kColumns);
}

TEST_F(TerminalTest, NoTerminalNoLiveDisplay) {
    EXPECT_EQ(columns_with(null_, "xterm", false), kNoTerminal);
}

TEST_F(TerminalTest, TerminalThatCannotMoveTheCursorIsNone) {
    EXPECT_EQ(columns_with(terminal_.line(), "dumb", false), kNoTerminal);
    EXPECT_EQ(columns_with(terminal_.line(), nullptr, false), kNoTerminal);
}

TEST_F(TerminalTest, UnderMpirunItIsTheLaunchers) {
    const auto rank_with_a_pipe = [&] { return columns_with(null_, "xterm", true); };
    EXPECT_EQ(in_child(terminal_.line(), rank_with_a_pipe), kColumns);
    EXPECT_EQ(in_child(null_, rank_with_a_pipe), kNoTerminal);
}

TEST_F(TerminalTest, OtherParentsAreNotAsked) {
    const auto child_with_a_pipe = [&] { return columns_with(null_, "xterm", false); };
    EXPECT_EQ(in_child(terminal_.line(), child_with_a_pipe), kNoTerminal);
}

}  // namespace
}  // namespace dropsweep::record
