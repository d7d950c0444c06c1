// Other programs: input, output, status, and an end in time.
#include "dropsweep/system/process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/system/descriptor.hpp"

#include "../support/error_of.hpp"

namespace dropsweep::system {
namespace {

void expect_result(const std::vector<std::string>& command, const std::string& input, const std::string& output,
                   int status) {
    const auto result = run_process(command, input);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->output == output) << result->output.substr(0, 100);
    EXPECT_EQ(result->status, status);
}

TEST(Process, GivesTheInputAndCollectsOutputAndStatus) {
    expect_result({"sh", "-c", "cat; echo complaint >&2; exit 3"}, "text\n", "text\ncomplaint\n", 3);
}

TEST(Process, NoArgumentHasASpecialMeaning) {
    expect_result({"printf", "%s|", "a b", "$(id)", "'", "*", ""}, "", "a b|$(id)|'|*||", 0);
}

// Far more than a pipe holds, both ways at once.
TEST(Process, DoesNotWaitForItselfWithLongTexts) {
    const std::string input(4 << 20, 'x');
    expect_result({"cat"}, input, input, 0);
    expect_result({"true"}, input, "", 0);  // nobody reads it
}

TEST(Process, AProgramThatIsNotInstalledIsNotOneThatFails) {
    EXPECT_FALSE(run_process({"dropsweep-no-such-program"}, "text"));
    EXPECT_FALSE(run_process({"/no/such/program"}, ""));
    expect_result({"false"}, "", "", 1);
}

TEST(Process, ASignalEndsItWithAStatusOfItsOwn) {
    expect_result({"sh", "-c", "echo before; kill -KILL $$"}, "", "before\n", 128 + SIGKILL);
}

TEST(Process, LeavesNoZombieAndNoOpenFile) {
    const auto open_files = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    };
    const auto before = open_files();
    for (int i = 0; i < 3; ++i) {
        run_process({"cat"}, "text");
        run_process({"dropsweep-no-such-program"}, "text");
    }
    EXPECT_EQ(open_files(), before);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

/// Runs a script that hangs, with a short limit; all of its processes have to be gone after it.
void expect_end_after_the_limit(const std::string& script) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const Descriptor read_end(ends[0]);
    {
        const Descriptor inherited(ends[1]);
        EXPECT_THAT(error_of(ExitCode::failure,
                             [&] {
                                 run_process({"sh", "-c", script}, "", std::chrono::milliseconds(200));
                             }),
                    testing::AllOf(testing::HasSubstr("sh"), testing::HasSubstr("; ")))
            << "ended: " << script;
    }
    // The other end is closed when nobody has it any more.
    pollfd end{read_end.number(), 0, 0};
    EXPECT_EQ(::poll(&end, 1, 10'000), 1) << script;
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(Process, AProgramThatHangsIsEndedWithItsChildren) {
    expect_end_after_the_limit("echo begun; sleep 1000; true");
    expect_end_after_the_limit("trap '' TERM; while :; do echo much; done");
    expect_end_after_the_limit("exec >&- 2>&-; sleep 1000; true");
    expect_end_after_the_limit("sleep 1000 & exit");
}

TEST(Process, AProgramThatEndsInTimeIsAsWithoutALimit) {
    const auto result =
        run_process({"sh", "-c", "cat; exec >&- 2>&-; sleep 0.05; exit 3"}, "text", std::chrono::minutes(1));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->output, "text");
    EXPECT_EQ(result->status, 3);
}

// A job started by MPI may have signals blocked or ignored; the program it runs starts as from a terminal.
TEST(Process, BlockedAndIgnoredSignalsStayHere) {
    sigset_t set;
    sigset_t old;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &set, &old), 0);
    const auto handler = std::signal(SIGPIPE, SIG_IGN);
    const auto result = run_process({"sh", "-c", "kill -TERM $$; echo survived"}, "");
    const auto pipe = run_process({"sh", "-c", "kill -PIPE $$; echo survived"}, "");
    std::signal(SIGPIPE, handler);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    EXPECT_EQ(result.value().status, 128 + SIGTERM);
    EXPECT_EQ(pipe.value().status, 128 + SIGPIPE);
}

}  // namespace
}  // namespace dropsweep::system
