// Judges by the heartbeats of the ranks which of them stands still.
#include "failure_detector.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dropsweep::comm {
namespace {

using Kind = system::Activity::Kind;

/// Factor on stall_seconds for progress while the operating system works for a rank.
constexpr double kPatienceWithSystem = 10;

}  // namespace

std::uint64_t Progress::of(const system::Activity& activity) {
    constexpr double kLeastSeconds = 1e-4;
    const double cpu_seconds = activity.cpu_seconds();
    const bool works = activity.kind() != Kind::waiting && cpu_seconds - cpu_seconds_ >= kLeastSeconds;
    // The CPU time of a waiting thread is polling, not progress.
    if (works || activity.kind() == Kind::waiting) cpu_seconds_ = cpu_seconds;
    if (std::exchange(changes_, activity.changes()) != changes_ || works) ++sum_;
    return sum_;
}

std::string describe(const Position& position) {
    const std::string place = position.place.str();
    return position.has_step ? fmt::format("{}, epoch {}, step {}", place, position.epoch, position.step) : place;
}

Error failure_of(const std::string& name, const std::string& what, const Position& position, bool longer) {
    return {ExitCode::failure,
            fmt::format("{} {}, {}; what was done before is kept: run the same command again to go on{}", name, what,
                        describe(position), longer ? ", with a longer --stall-timeout if nothing is wrong" : "")};
}

void FailureDetector::on_heartbeat(int rank, const Heartbeat& heartbeat) {
    Rank& heard = ranks_[as_size(rank)];
    heard.without_heartbeat.reset();
    const bool goes_on = heartbeat.progress != heard.heartbeat.progress || heartbeat.position.group == Position::kAlone;
    heard.heartbeat = heartbeat;
    if (!goes_on) return;
    for (Rank& each : ranks_) {
        if (each.heartbeat.position.group == heartbeat.position.group) each.without_progress.reset();
    }
}

void FailureDetector::check(double seconds, double stall_seconds, const system::Activity* companion) {
    const bool in_system =
        (companion != nullptr && companion->kind() == Kind::in_system) ||
        std::ranges::any_of(ranks_, [](const Rank& rank) { return rank.heartbeat.kind == Kind::in_system; });
    const double patience = in_system ? kPatienceWithSystem : 1;
    for (int rank = 0; rank < static_cast<int>(ranks_.size()); ++rank) {
        Rank& watched = ranks_[as_size(rank)];
        if (watched.is_unwatched) continue;
        if (processes_.is_gone(rank)) refuse(rank, "has ended without a word", false);
        watched.without_heartbeat.advance(seconds);
        watched.without_progress.advance(seconds / patience);
        if (watched.without_heartbeat.seconds() > stall_seconds) {
            refuse(rank, fmt::format("gives no sign of life for {:g} s", stall_seconds), true);
        }
        if (watched.without_progress.seconds() > stall_seconds) {
            refuse(culprit_of(watched.heartbeat.position.group),
                   fmt::format("does not go on for {:g} s", patience * stall_seconds), true);
        }
    }
    if (companion == nullptr) return;
    const std::uint64_t progress = companion_.of(*companion);
    if (std::exchange(companion_progress_, progress) != progress) companion_without_progress_.reset();
    companion_without_progress_.advance(seconds / patience);
    if (companion_without_progress_.seconds() > stall_seconds) {
        refuse(0, fmt::format("does not go on with its files and messages for {:g} s", patience * stall_seconds), true);
    }
}

int FailureDetector::stop_signal() const {
    return std::ranges::max_element(ranks_, {}, [](const Rank& rank) { return rank.heartbeat.stop_signal; })
        ->heartbeat.stop_signal;
}

int FailureDetector::culprit_of(std::size_t group) const {
    const auto is_there = [&](const Rank& rank) { return rank.heartbeat.position.group == group; };
    auto found = std::ranges::find_if(
        ranks_, [&](const Rank& rank) { return is_there(rank) && rank.heartbeat.kind != Kind::waiting; });
    if (found == ranks_.end()) found = std::ranges::find_if(ranks_, is_there);
    return static_cast<int>(found - ranks_.begin());
}

void FailureDetector::refuse(int rank, const std::string& what, bool longer) const {
    throw failure_of(processes_.name_of(rank), what, ranks_[as_size(rank)].heartbeat.position, longer);
}

}  // namespace dropsweep::comm
