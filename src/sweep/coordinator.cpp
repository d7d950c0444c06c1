// Serves the messages of the groups on rank 0, and sends them the orders that follow from the schedule.
#include "coordinator.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "dropsweep/text/error.hpp"

#include "protocol.hpp"

namespace dropsweep::sweep {
namespace {

using namespace std::chrono_literals;

/// Pauses between polls, doubled while no message comes: each poll takes time from the rank that trains on this core.
constexpr auto kShortestPause = 1ms;
constexpr auto kLongestPause = 16ms;

/// The ranks as runs of consecutive ones.
std::vector<Group> runs_of(std::vector<int> ranks) {
    std::ranges::sort(ranks);
    std::vector<Group> runs;
    for (const int rank : ranks) {
        if (runs.empty() || rank != runs.back().first_rank + runs.back().ranks) runs.push_back({rank, 0});
        ++runs.back().ranks;
    }
    return runs;
}

}  // namespace

Coordinator::Coordinator(const protocol::Channels& channels, const Plan& plan, const std::vector<Trial>& trials,
                         Schedule schedule, Host& host, const system::Stopwatch& stopwatch)
    : channels_(channels),
      plan_(plan),
      trials_(trials),
      schedule_(std::move(schedule)),
      host_(host),
      stopwatch_(stopwatch),
      orders_(channels.orders) {}

void Coordinator::run() {
    report_remaining();
    auto pause = kShortestPause;
    while (!schedule_.has_ended()) {
        pause = poll() ? kShortestPause : std::min(2 * pause, kLongestPause);
        host_.pause(pause);
    }
    finish();
    while (!has_heard_all()) host_.pause(kShortestPause);
    orders_.flush();
}

void Coordinator::give_orders() {
    for (const std::size_t trial : schedule_.unneeded()) {
        orders_.send(protocol::Cancel{trial}, schedule_.first_rank_of(trial), protocol::kCancel);
    }
    for (const Schedule::Offer& offer : schedule_.begin()) assign(offer.trial, offer.ranks, offer.ranks, false);
    for (const Schedule::Offer& offer : schedule_.lend()) {
        const int first = schedule_.first_rank_of(offer.trial);
        orders_.send_list(protocol::Growth{offer.trial}, std::span<const int>(offer.ranks), first, protocol::kGrowth);
    }
    for (const Schedule::Offer& offer : schedule_.begin_ahead()) assign(offer.trial, offer.ranks, offer.ranks, false);
}

void Coordinator::assign(std::size_t trial, const std::vector<int>& to, const std::vector<int>& group, bool joins) {
    protocol::Assignment assignment;
    assignment.trial = trial;
    assignment.joins = joins;
    assignment.epoch = schedule_.epochs_of(trial);
    for (const int rank : to) orders_.send_list(assignment, std::span<const int>(group), rank, protocol::kAssignment);
}

void Coordinator::take_join(const protocol::Join& join) {
    const bool grows = !schedule_.ranks_of(join.trial).empty();
    const std::vector<int> joined = schedule_.join(join.trial, join.ranks);
    // The group waits for the new ranks in MPI_Comm_create_group.
    if (grows) assign(join.trial, joined, schedule_.ranks_of(join.trial), true);
    busy_seconds_ -= static_cast<double>(joined.size()) * join.start_seconds;
    for (const Group& run : runs_of(joined)) tell(&Listener::on_join, join.trial, run, join.start_seconds);
}

void Coordinator::take_resume(std::size_t trial, const std::vector<train::EpochRecord>& history) {
    schedule_.advance(trial, static_cast<std::uint32_t>(history.size()));
    tell(&Listener::on_resume, trial, history);
}

void Coordinator::take_epoch(const protocol::Epoch& epoch) {
    schedule_.advance(epoch.trial, epoch.record.epoch + 1);
    tell(&Listener::on_epoch, epoch.trial, epoch.record, epoch.span);
}

void Coordinator::take_outcome(const protocol::Outcome& outcome) {
    const bool succeeded = outcome.result.has_weights();
    end_trial(outcome.trial, outcome.span, succeeded ? std::optional(outcome.result.epochs) : std::nullopt);
    schedule_.record(outcome.trial, outcome.result);
    all_succeeded_ = all_succeeded_ && succeeded;
    tell(&Listener::on_outcome, outcome.trial, TrialOutcome{outcome.result, outcome.span, outcome.message.str()});
    report_remaining();
}

void Coordinator::take_corruption(const protocol::Corruption& found) {
    host_.on_corruption(fmt::format(
        "{} has computed wrong in {}, epoch {}, step {}; two other computations agree",
        host_.watchdog == nullptr ? fmt::format("rank {}", found.rank) : host_.watchdog->name_of(found.rank),
        trials_[found.trial].id(), found.progress.epoch, found.progress.step));
}

void Coordinator::take_stopped(const protocol::Stopped& stopped) {
    end_trial(stopped.trial, stopped.span, std::nullopt);
    tell(&Listener::on_stop, stopped.trial, stopped.span);
    if (schedule_.is_unneeded(stopped.trial)) return;
    // A signal to this group alone stops all others, too.
    schedule_.interrupt();
    stop();
}

void Coordinator::end_trial(std::size_t trial, const Span& span, std::optional<std::uint32_t> epochs) {
    busy_seconds_ += static_cast<double>(schedule_.ranks_of(trial).size()) * span.end_seconds();
    schedule_.end(trial, epochs);
}

void Coordinator::serve(const comm::Communicator::Arrival& arrival) {
    const comm::Communicator& reports = channels_.reports;
    switch (arrival.tag) {
        case protocol::kJoin:
            return take_join(reports.receive<protocol::Join>(arrival));
        case protocol::kResume: {
            const auto [resume, history] = reports.receive_list<protocol::Resume, train::EpochRecord>(arrival);
            return take_resume(resume.trial, history);
        }
        case protocol::kStep: {
            const auto step = reports.receive<protocol::Step>(arrival);
            return tell(&Listener::on_step, step.trial, step.progress);
        }
        case protocol::kEpoch:
            return take_epoch(reports.receive<protocol::Epoch>(arrival));
        case protocol::kOutcome:
            return take_outcome(reports.receive<protocol::Outcome>(arrival));
        case protocol::kCorruption:
            return take_corruption(reports.receive<protocol::Corruption>(arrival));
        case protocol::kStopped:
            return take_stopped(reports.receive<protocol::Stopped>(arrival));
        case protocol::kFarewell:
            reports.receive<protocol::Farewell>(arrival);
            ++farewells_;
            return;
        default:
            throw Error(ExitCode::failure,
                        "a rank sent a message of an unknown kind; run the same program on all ranks");
    }
}

void Coordinator::report_remaining() {
    if (!schedule_.selection()) return;
    tell(&Listener::on_remaining, schedule_.selection()->to_come());
}

void Coordinator::stop() {
    if (std::exchange(stopping_, true)) return;
    schedule_.stop();
    for (const int rank : schedule_.first_ranks()) orders_.send(protocol::Stop{}, rank, protocol::kStop);
}

bool Coordinator::poll() {
    bool served = false;
    while (const auto arrival = channels_.reports.probe()) {
        serve(*arrival);
        served = true;
    }
    if (host_.stop_requested()) stop();
    give_orders();
    tell(&Listener::on_idle);
    return served;
}

bool Coordinator::has_heard_all() {
    while (const auto arrival = channels_.reports.probe()) serve(*arrival);
    return farewells_ == plan_.ranks;
}

void Coordinator::finish() {
    const double sweep_seconds = stopwatch_.seconds();
    const double idle_share = std::max(1 - busy_seconds_ / (plan_.ranks * sweep_seconds), 0.0);
    tell(&Listener::on_end, sweep_seconds, plan_.ranks, idle_share);
    const SweepEnd end = !schedule_.is_complete() ? SweepEnd::stopped
                         : all_succeeded_         ? SweepEnd::all_succeeded
                                                  : SweepEnd::some_failed;
    protocol::Assignment over;
    over.end = end;
    for (int rank = 0; rank < plan_.ranks; ++rank) {
        orders_.send_list(over, std::span<const int>(), rank, protocol::kAssignment);
    }
}

}  // namespace dropsweep::sweep
