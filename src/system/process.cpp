// Runs other programs, by posix_spawn: with Boost.Process a time limit on the output takes Asio, and more lines.
#include "dropsweep/system/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/system/activity.hpp"
#include "dropsweep/system/descriptor.hpp"
#include "dropsweep/text/error.hpp"

namespace dropsweep::system {
namespace {

using Clock = std::chrono::steady_clock;

/// posix_spawn's file actions and attributes.
class Preparation {
  public:
    Preparation() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        // The child does not inherit blocked signals, nor that SIGPIPE is ignored.
        sigset_t none;
        sigset_t broken_pipe;
        ::sigemptyset(&none);
        ::sigemptyset(&broken_pipe);
        ::sigaddset(&broken_pipe, SIGPIPE);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &broken_pipe);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    Preparation(const Preparation&) = delete;
    ~Preparation() {
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
    }

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

[[noreturn]] void fail(const std::string& program, int reason) {
    throw Error(ExitCode::failure, fmt::format("cannot run {}: {}; check the machine's limits and memory", program,
                                               std::strerror(reason)));
}

/// The whole input as a file: with a pipe, a program that writes before it has read all would wait for this one while
/// this one waits for it, and one that ends early would cause SIGPIPE.
Descriptor input_file(const std::string& program, std::string_view input) {
    Descriptor file(::memfd_create("input", MFD_CLOEXEC));
    if (!file.is_open() || !file.write(input)) fail(program, errno);
    ::lseek(file.number(), 0, SEEK_SET);
    return file;
}

/// What comes through a pipe. nullopt: the deadline came first.
std::optional<std::string> read_to_end(int pipe, Clock::time_point deadline) {
    std::string text;
    std::array<char, 65536> block;
    while (true) {
        pollfd readable{pipe, POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return std::nullopt;
        constexpr std::int64_t kLongestWait = 60'000;
        if (::poll(&readable, 1, static_cast<int>(std::min<std::int64_t>(left.count(), kLongestWait))) <= 0) continue;
        const ssize_t count = ::read(pipe, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(block.data(), static_cast<std::size_t>(count));
    }
}

/// How the child ended, as waitpid tells it. nullopt: the deadline came first.
std::optional<int> wait_for(const std::string& program, pid_t child, Clock::time_point deadline) {
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) return status;
        if (ended < 0 && errno != EINTR) fail(program, errno);
        if (Clock::now() >= deadline) return std::nullopt;
        // Polled, as waitpid knows no timeout: the child has closed its output, so it usually ends at once.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace

std::optional<ProcessResult> run_process(const std::vector<std::string>& command, std::string_view input,
                                         std::optional<std::chrono::milliseconds> limit) {
    const Activity::Scope waiting(Activity::Kind::in_system);
    const Clock::time_point deadline = limit ? Clock::now() + *limit : Clock::time_point::max();
    const std::string& program = command.at(0);
    const Descriptor in = input_file(program, input);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(program, errno);
    const Descriptor out(ends[0]);
    Descriptor childs_end(ends[1]);

    Preparation preparation;
    ::posix_spawn_file_actions_adddup2(&preparation.actions, in.number(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&preparation.actions, childs_end.number(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&preparation.actions, childs_end.number(), STDERR_FILENO);

    std::vector<std::string> arguments = command;
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t child = 0;
    const int reason = ::posix_spawnp(&child, program.c_str(), &preparation.actions, &preparation.attributes,
                                      pointers.data(), environ);
    // EACCES: an entry of PATH that cannot be entered, or a file of that name that is no program.
    if (reason == ENOENT || reason == EACCES) return std::nullopt;
    if (reason != 0) fail(program, reason);

    childs_end = Descriptor();
    std::optional<std::string> output = read_to_end(out.number(), deadline);
    const std::optional<int> status = output ? wait_for(program, child, deadline) : std::nullopt;
    if (!status) {
        ::kill(-child, SIGKILL);
        wait_for(program, child, Clock::time_point::max());
        throw Error(ExitCode::failure, fmt::format("{}: not at its end after {:.0f} s; see what holds it up", program,
                                                   std::chrono::duration<double>(*limit).count()));
    }
    return ProcessResult{WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status), std::move(*output)};
}

}  // namespace dropsweep::system
