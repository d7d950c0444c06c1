#include "dropsweep/core/stop_signal.hpp"

#include <atomic>
#include <csignal>
#include <ctime>

#include <unistd.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::core {
namespace {

constexpr long long kSameRequest = 200'000'000;  // ns

std::atomic<int> first_signal{0};
std::atomic<long long> first_time{0};  // ns
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<long long>::is_always_lock_free);

void handle(int signal) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const long long time = now.tv_sec * 1'000'000'000LL + now.tv_nsec;
    int none = 0;
    if (first_signal.compare_exchange_strong(none, signal)) {
        first_time = time;
    } else if (time - first_time > kSameRequest) {
        ::_exit(static_cast<int>(ExitCode::interrupted));
    }
}

}  // namespace

void catch_stop_signals() {
    struct sigaction action {};
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) ::sigaction(signal, &action, nullptr);
}

int stop_signal() {
    return first_signal;
}

}  // namespace dropsweep::core
