// Processes that want the lock of a directory: real ones, forked, killed and stopped. Other hosts are names in a file,
// whose age is set. A file system without locks is the fcntl of directory_lock_race_test.cpp.
#pragma once

#include <atomic>
#include <csignal>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dropsweep/system/directory_lock.hpp"
#include "dropsweep/system/files.hpp"

#include "../support/error_of.hpp"
#include "../support/temporary_directory.hpp"

namespace dropsweep::system {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

inline const std::string kHost = "node1";
constexpr LockTiming kFast = {.sign_of_life = 20ms, .stale_after = 300ms};

inline std::atomic<bool> locks_are_supported = true;

/// Whether processes dawdle before each step that decides a race.
inline std::atomic<bool> they_dawdle = false;

class WithoutKernelLocks {
  public:
    WithoutKernelLocks() { locks_are_supported = false; }
    WithoutKernelLocks(const WithoutKernelLocks&) = delete;
    ~WithoutKernelLocks() { locks_are_supported = true; }
};

inline void nothing_is_lost(const Error&) {}

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
        return error_of(code, [&] {
            const DirectoryLock lock(directory_.path(), kHost, nothing_is_lost, timing);
            EXPECT_THAT(read_file(file_), HasSubstr("process: " + std::to_string(::getpid())));
        });
    }
};

}  // namespace dropsweep::system
