// The handler of stop signals.
#include "dropsweep/system/stop_signal.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

#include <unistd.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::system {
namespace {

constexpr std::int64_t kSameRequest = 200'000;  // us
constexpr std::int64_t kSignals = 128;          // above all signal numbers

/// The first signal and its time: us * kSignals + signal; 0: none came. One number, because the handler may be
/// interrupted by another signal between any two instructions.
std::atomic<std::int64_t> first_request{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

void handle(int signal) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t time = now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
    std::int64_t first = 0;
    if (first_request.compare_exchange_strong(first, time * kSignals + signal)) return;
    if (time - first / kSignals > kSameRequest) ::_exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace

void catch_stop_signals() {
    struct sigaction action {};
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) ::sigaction(signal, &action, nullptr);
}

int stop_signal() {
    return static_cast<int>(first_request % kSignals);
}

}  // namespace dropsweep::system
