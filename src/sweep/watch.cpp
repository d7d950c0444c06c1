#include "watch.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "dropsweep/core/error.hpp"

namespace dropsweep::sweep {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 50ms;
constexpr double kLookSeconds = 0.05;
constexpr double kBeatSeconds = 0.25;
/// When rank 0 is silent every other rank finds out; the first to speak ends the job before the next one does.
constexpr double kStaggerSeconds = 0.3;

constexpr double kStoodStillSeconds = 1;
constexpr double kQuietSeconds = 5;

constexpr const char* kGoOn = "what was done before is kept: run the same command again to go on";

}  // namespace

std::string describe(const protocol::Position& position, const std::vector<Trial>& trials) {
    if (position.trial == protocol::Position::kNoTrial) return "between two trials";
    return fmt::format("in {}, epoch {}, step {}", trials[position.trial].id(), position.epoch, position.step);
}

Heart::Heart(const protocol::Channels& channels, const comm::ProcessTable& processes, const std::vector<Trial>& trials,
             const Pulse& pulse, double stall_seconds, const std::function<void(const Error&)>& die)
    : channels_(channels),
      processes_(processes),
      trials_(trials),
      pulse_(pulse),
      stall_seconds_(stall_seconds),
      die_(die),
      thread_([this](const std::stop_token& stopped) { beat(stopped); }) {}

void Heart::beat(const std::stop_token& stopped) {
    const int own = channels_.reports.rank();
    std::mutex mutex;
    std::condition_variable_any pause;
    core::Stopwatch stopwatch;
    Silence silence;
    double last_look = 0;
    double last_beat = -kBeatSeconds;
    double quiet_until = 0;
    protocol::Position coordinator;
    comm::LossySender sender(channels_.reports, 0, protocol::kAlive);
    try {
        while (!stopped.stop_requested()) {
            const double now = stopwatch.seconds();
            if (now - last_beat >= kBeatSeconds) {
                sender.send(pulse_.position());
                last_beat = now;
            }
            // Whoever stood still finds a world that has changed, and is not the one to tell of it.
            if (now - last_look > kStoodStillSeconds) quiet_until = now + kQuietSeconds;
            silence.pass(now - last_look);
            last_look = now;
            while (channels_.orders.probe(0, protocol::kEcho)) {
                coordinator = channels_.orders.receive<protocol::Position>({0, protocol::kEcho});
                silence.end();
            }
            bool speaks = own > 0 && processes_.is_gone(0);
            for (int rank = 1; rank < own; ++rank) speaks = speaks && processes_.is_gone(rank);
            if (speaks && now > quiet_until) {
                die_(Error(ExitCode::failure, fmt::format("{} has ended without a word, {}; {}", processes_.name_of(0),
                                                          describe(coordinator, trials_), kGoOn)));
            }
            if (own > 0 && silence.seconds() > stall_seconds_ + kStaggerSeconds * own) {
                die_(Error(ExitCode::failure,
                           fmt::format("{} gives no sign of life for {:.0f} s, {}; {}", processes_.name_of(0),
                                       stall_seconds_, describe(coordinator, trials_), kGoOn)));
            }
            std::unique_lock lock(mutex);
            pause.wait_for(lock, stopped, kLook, [] { return false; });
        }
    } catch (const Error& error) {
        die_(error);
    }
}

Watch::Watch(const protocol::Channels& channels, const comm::ProcessTable& processes, const std::vector<Trial>& trials,
             double stall_seconds)
    : processes_(processes),
      trials_(trials),
      stall_seconds_(stall_seconds),
      ranks_(static_cast<std::size_t>(channels.orders.size())) {
    for (int rank = 1; rank < channels.orders.size(); ++rank)
        echoes_.emplace_back(channels.orders, rank, protocol::kEcho);
}

void Watch::heard(int rank, const protocol::Position& position) {
    Watched& watched = ranks_[static_cast<std::size_t>(rank)];
    watched.silence.end();
    if (position.beats != watched.position.beats || position.trial == protocol::Position::kNoTrial)
        watched.standing.end();
    watched.position = position;
}

void Watch::look() {
    const double now = stopwatch_.seconds();
    const double passed = now - last_look_;
    if (passed < kLookSeconds) return;
    last_look_ = now;
    if (now - last_echo_ >= kBeatSeconds) {
        last_echo_ = now;
        for (comm::LossySender& echo : echoes_) echo.send(ranks_.front().position);
    }
    for (int rank = 0; rank < static_cast<int>(ranks_.size()); ++rank) {
        if (processes_.is_gone(rank)) refuse(rank, "has ended without a word");
        Watched& watched = ranks_[static_cast<std::size_t>(rank)];
        watched.silence.pass(passed);
        watched.standing.pass(passed);
        if (watched.silence.seconds() > stall_seconds_) {
            refuse(rank, fmt::format("gives no sign of life for {:.0f} s", stall_seconds_));
        }
        if (watched.position.trial != protocol::Position::kNoTrial && watched.standing.seconds() > stall_seconds_) {
            refuse(culprit(watched.position.trial), fmt::format("does not go on for {:.0f} s", stall_seconds_));
        }
    }
}

int Watch::culprit(std::size_t trial) const {
    const auto trains = [trial](const Watched& rank) { return rank.position.trial == trial; };
    auto found =
        std::ranges::find_if(ranks_, [&](const Watched& rank) { return trains(rank) && !rank.position.waits; });
    if (found == ranks_.end()) found = std::ranges::find_if(ranks_, trains);
    return static_cast<int>(found - ranks_.begin());
}

void Watch::refuse(int rank, const std::string& what) const {
    throw Error(ExitCode::failure,
                fmt::format("{} {}, {}; {}", processes_.name_of(rank), what,
                            describe(ranks_[static_cast<std::size_t>(rank)].position, trials_), kGoOn));
}

}  // namespace dropsweep::sweep
